import type { IfExists } from '../../../src/destination/final-name.ts'
import { pseudoRandom } from '../../support/body.ts'
import { DownloadWorld, type DownloadWorldOptions, fileName } from '../../support/disk/download-world.ts'
import { Volume } from '../../support/disk/volume.ts'
import type { Version } from '../../support/scripted/server.ts'

/** A download in the middle of which something goes wrong with the disk. */
export interface Scenario {
	readonly name: string
	readonly version: Version
	readonly ifExists: IfExists
	readonly options: Omit<DownloadWorldOptions, 'volume' | 'version'>
	/** A file that is done survives a power cut. */
	readonly synced: boolean
	/** The disk as the download finds it. */
	begin(): Volume
}

const directory = '/downloads/inner'

/** Where the file is to be. */
export const finalPath: string = `${directory}/${fileName}`

const bodyBytes = 18_000
/** Long enough for two checkpoints. */
const bytesPerSecond = 4_000

export async function scenarios(seed: number): Promise<Scenario[]> {
	const version = { body: pseudoRandom(bodyBytes, seed), etag: `"v${seed}"` }
	const options = { directory, bytesPerSecond, seed }
	const previous = pseudoRandom(3000, seed + 1_000_000)
	const scenario = (name: string, volume: Volume, more: Partial<DownloadWorldOptions> = {}): Scenario => ({
		name,
		version,
		ifExists: more.ifExists ?? 'rename',
		options: { ...options, ...more },
		synced: more.journalFromBytes === undefined || more.sync === true,
		begin: () => volume.after(volume.tree.clone()),
	})
	const overwriting = { ifExists: 'overwrite' } as const
	return [
		scenario('fresh', emptyVolume()),
		scenario('into a new folder', new Volume()),
		scenario('resumed', await volumeAfterKill(version, options)),
		scenario('in place of a finished file', volumeWith(previous), overwriting),
		scenario('small', emptyVolume(), { journalFromBytes: bodyBytes + 1 }),
		scenario('small and synced, beside a finished file', volumeWith(previous), {
			journalFromBytes: bodyBytes + 1,
			sync: true,
		}),
		scenario('without hard links', emptyVolume(false)),
		scenario('a journal written anew at every sync', emptyVolume(), { compactAtBytes: 600 }),
		// So that calls fail beside those of another lane, and with writes under way.
		scenario('three connections on a slow disk', emptyVolume(), {
			connections: 3,
			bytesPerSecond: bytesPerSecond / 3,
			latencyMs: slow,
		}),
	]
}

/** Writes overlap one another and the syncs. */
function slow(call: string): number | undefined {
	return call.includes('sync') ? 400 : call === 'write' ? 7 : undefined
}

/** What a process left that was killed after its first checkpoint. */
export async function volumeAfterKill(version: Version, options: Scenario['options']): Promise<Volume> {
	const volume = emptyVolume()
	await new DownloadWorld({ ...options, volume, version }).killAfter(3000)
	volume.settle()
	return volume
}

function emptyVolume(hardLinks = true): Volume {
	const volume = new Volume({ hardLinks })
	volume.makeFolder('/downloads')
	volume.makeFolder(directory)
	volume.settle()
	return volume
}

function volumeWith(previous: Uint8Array): Volume {
	const volume = emptyVolume()
	volume.put(finalPath, previous)
	volume.settle()
	return volume
}
