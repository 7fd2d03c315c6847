import type { Random } from '../../../src/base/random.ts'
import type { IfExists } from '../../../src/destination/final-name.ts'
import { pseudoRandom } from '../../support/body.ts'
import { DownloadWorld, type DownloadWorldOptions, type Ending, fileName } from '../../support/disk/download-world.ts'
import { Volume, type VolumeOptions } from '../../support/disk/volume.ts'
import type { Version } from '../../support/scripted/server.ts'
import { seeded } from '../../support/seeded.ts'

/** A download whose every operation on the disk is recorded. */
export interface Workload {
	readonly name: string
	readonly seed: number
	readonly volume: VolumeOptions
	readonly bytes: number
	readonly ifExists: IfExists
	/** Without one, the file counts as small. */
	readonly journaled: boolean
	readonly sync: boolean
	readonly connections: number
	readonly bytesPerSecond: number
	readonly compactAtBytes: number | undefined
	/** Writes take their time, and come while a sync is under way. */
	readonly slowDisk: boolean
	/** A finished file has the name already. */
	readonly previous: boolean
	/** The folder is there already. */
	readonly folderThere: boolean
	/** After how much of its time each earlier run was killed. */
	readonly killsAfterMs: readonly number[]
	/** What the runs that were killed were downloading: this version, or an older one. */
	readonly began: 'same' | 'older'
}

export interface Recording {
	readonly workload: Workload
	readonly options: Omit<DownloadWorldOptions, 'volume' | 'version'>
	readonly version: Version
	readonly older: Version
	/** What the server may have by the time of the run after a crash. */
	readonly newer: Version
	readonly previous: Uint8Array | undefined
	/** As it is when all is over; its log is what was done from the beginning. */
	readonly volume: Volume
	/** How many operations had been done when the last run had said that it was done. */
	readonly doneAt: number
	readonly path: string
}

/** Of one shape each; the seed chooses what else there is to choose. */
const shapes: Readonly<Record<string, Partial<Workload>>> = {
	'one connection': {},
	'three connections': { connections: 3 },
	'three connections on a slow disk': { connections: 3, slowDisk: true },
	'in place of a finished file': { ifExists: 'overwrite', previous: true },
	'beside a finished file': { previous: true },
	'skipping what is there': { ifExists: 'skip' },
	'failing where something is there': { ifExists: 'error' },
	'a new folder': { folderThere: false },
	'small and synced': { journaled: false, sync: true },
	'small, synced, in place of a finished file': { journaled: false, sync: true, ifExists: 'overwrite', previous: true },
	'small and not synced': { journaled: false },
	'killed once': { killsAfterMs: [2600] },
	'killed twice, with three connections': { connections: 3, killsAfterMs: [1900, 2300] },
	'killed while it began': { killsAfterMs: [16] },
	'killed, and another version since': { killsAfterMs: [2600], began: 'older' },
	'killed, and another version since, in place of a finished file': {
		killsAfterMs: [2600],
		began: 'older',
		ifExists: 'overwrite',
		previous: true,
	},
	'a journal written anew at every sync': { compactAtBytes: 600 },
	'without hard links': { volume: { hardLinks: false } },
	'without hard links, beside a finished file': { volume: { hardLinks: false }, previous: true },
}

export function workloads(seed: number): Workload[] {
	const random = seeded(seed)
	return Object.entries(shapes).map(([name, shape]) => ({ ...anyWorkload(name, seed, random), ...shape }))
}

function anyWorkload(name: string, seed: number, random: Random): Workload {
	const bytes = 12_000 + Math.floor(random() * 20_000)
	return {
		name,
		seed,
		volume: {},
		bytes,
		ifExists: 'rename',
		journaled: true,
		sync: false,
		connections: 1,
		// Long enough for two checkpoints or three.
		bytesPerSecond: bytes / (4 + 2 * random()),
		compactAtBytes: undefined,
		slowDisk: false,
		previous: false,
		folderThere: true,
		killsAfterMs: [],
		began: 'same',
	}
}

const directory = '/downloads/inner'

/** Where the file is to be. */
export const finalPath: string = `${directory}/${fileName}`

/** Runs the download to its end, or throws. */
export async function record(workload: Workload): Promise<Recording> {
	const { seed, bytes } = workload
	const version = { body: pseudoRandom(bytes, seed), etag: `"v${seed}"` }
	const older = { body: pseudoRandom(bytes - 1000, seed + 1_000_000), etag: `"older-${seed}"` }
	const newer = { body: pseudoRandom(bytes + 1000, seed + 3_000_000), etag: `"newer-${seed}"` }
	const previous = workload.previous ? pseudoRandom(5000, seed + 2_000_000) : undefined
	const volume = prepared(workload, previous)
	const options = optionsOf(workload)
	for (const [index, ms] of workload.killsAfterMs.entries()) {
		const began = workload.began === 'older' ? older : version
		await new DownloadWorld({ ...options, volume, version: began, seed: seed + index + 1 }).killAfter(ms)
	}
	const world = new DownloadWorld({ ...options, volume, version, seed })
	const { path } = resultOf(await world.end(), workload)
	return { workload, options, version, older, newer, previous, volume, doneAt: volume.log.length, path }
}

function prepared({ volume: options, folderThere }: Workload, previous: Uint8Array | undefined): Volume {
	const volume = new Volume(options)
	if (folderThere) {
		volume.makeFolder('/downloads')
		volume.makeFolder(directory)
	}
	if (previous !== undefined) volume.put(finalPath, previous)
	volume.settle()
	return volume
}

function optionsOf(workload: Workload): Recording['options'] {
	const { ifExists, sync, journaled, connections, bytesPerSecond, compactAtBytes, slowDisk } = workload
	return {
		directory,
		ifExists,
		sync,
		connections,
		bytesPerSecond: bytesPerSecond / connections,
		journalFromBytes: journaled ? 1 : Number.MAX_SAFE_INTEGER,
		...(compactAtBytes === undefined ? {} : { compactAtBytes }),
		...(slowDisk ? { latencyMs: slow } : {}),
	}
}

function slow(call: string): number | undefined {
	return call.includes('sync') ? 400 : call === 'write' ? 7 : undefined
}

function resultOf(ending: Ending, { name }: Workload): { path: string } {
	if (ending.kind === 'failed') throw new Error(`${name}: could not be recorded`, { cause: ending.error })
	return { path: ending.result.path as string }
}
