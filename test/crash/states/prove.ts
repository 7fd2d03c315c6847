import { dirname } from 'node:path'
import type { Random } from '../../../src/base/random.ts'
import { promisedBytes, recordedBytes } from '../../support/disk/aftermath.ts'
import type { Tree } from '../../support/disk/tree.ts'
import type { Volume } from '../../support/disk/volume.ts'
import { seeded } from '../../support/seeded.ts'
import { type Crash, crashesAt, fatesOf, momentsOf } from './crashes.ts'
import { type Floor, type Recovered, recover } from './recovery.ts'
import { stateKey } from './state-key.ts'
import { finalPath, type Recording, record, type Workload, workloads } from './workload.ts'

export interface CrashStatesOptions {
	/** How many distinct states are to be seen, at least. */
	readonly states: number
	readonly seed: number
	/** Only workloads whose name holds this. @default all */
	readonly only?: string
}

export interface CrashStatesFigures extends Readonly<Record<Recovered, number>> {
	readonly distinct: number
	/** Built, the same ones among them. */
	readonly built: number
	readonly workloads: number
	/** The most operations of one workload. */
	readonly operations: number
}

/** Some crashes leave the same state as others: so many are built for each one that is new. */
const builtForOne = 1.5

/**
 * Records whole downloads, builds the states that a power cut at any moment could leave of the disk, and downloads again
 * on each distinct one. Throws for the first that does not end as it must, with what leads to it.
 */
export async function proveCrashStates(options: CrashStatesOptions): Promise<CrashStatesFigures> {
	const proof = new Proof(seeded(options.seed))
	for (let seed = options.seed; proof.figures.distinct < options.states; seed++) {
		const round = workloads(seed).filter(({ name }) => name.includes(options.only ?? ''))
		for (const [index, workload] of round.entries()) {
			// Fair shares, and something of each workload, however small the sample.
			const share = Math.ceil((options.states - proof.figures.distinct) / (round.length - index))
			await proof.take(workload, Math.max(1, share))
		}
	}
	return proof.figures
}

class Proof {
	readonly figures = {
		distinct: 0,
		built: 0,
		workloads: 0,
		operations: 0,
		resumed: 0,
		anew: 0,
		'already there': 0,
		refused: 0,
	}
	readonly #random: Random
	/** With the most that was expected of each. */
	readonly #seen = new Map<string, number>()

	constructor(random: Random) {
		this.#random = random
	}

	/** Tries about so many states of a workload, spread over its moments, or all that it has. */
	async take(workload: Workload, states: number): Promise<void> {
		const recording = await record(workload)
		const { volume, version } = recording
		this.figures.workloads += 1
		this.figures.operations = Math.max(this.figures.operations, volume.log.length)
		const ofOneMoment = Math.ceil((states * builtForOne) / volume.log.length)
		for (const point of momentsOf(volume)) {
			const promised = promisedBytes(
				point.cut(() => 'dropped'),
				version,
			)
			const floor = { bytes: promised, done: isDone(recording, point.done) }
			const [kill, ...cuts] = crashesAt(point)
			for (const crash of [kill as Crash, ...sample(cuts, ofOneMoment - 1, this.#random)]) {
				const tree = point.cut(fatesOf(point, crash))
				const isNew = this.#isNew(tree, floor)
				// After a kill there is as much, and less of it is safe.
				if (isNew || crash.killed) await this.#recover(recording, crash, tree, floor)
			}
		}
	}

	/** A state that was seen may come again at a later moment, of which more is expected. */
	#isNew(tree: Tree, { bytes, done }: Floor): boolean {
		this.figures.built += 1
		const key = stateKey(tree)
		const expected = done ? Number.POSITIVE_INFINITY : bytes
		const before = this.#seen.get(key)
		if (before === undefined) this.figures.distinct += 1
		if (before !== undefined && before >= expected) return false
		this.#seen.set(key, expected)
		return true
	}

	async #recover(recording: Recording, crash: Crash, tree: Tree, floor: Floor): Promise<void> {
		const { killed } = crash
		const volume = killed ? afterKill(recording, crash.done) : recording.volume.after(tree)
		const version = this.#random() < 0.2 ? recording.newer : recording.version
		const bytes = killed ? recordedBytes(volume, recording.path, recording.version, true) : floor.bytes
		try {
			this.figures[await recover(recording, volume, version, { ...floor, bytes })] += 1
		} catch (error) {
			throw new Error(told(recording, crash, version !== recording.version, error), { cause: error })
		}
	}
}

/**
 * Where the process died between making a folder and syncing its name, the next one finds a folder and cannot know: that
 * name is taken as synced, which every file system of today does with the next sync of whatever is in it.
 */
function afterKill({ volume, workload }: Recording, operations: number): Volume {
	const killed = volume.asOf(operations)
	if (workload.folderThere) return killed
	return killed
		.powerCut(() => 'dropped')
		.paths()
		.includes(dirname(finalPath))
		? killed
		: killed.after(killed.tree)
}

/** Each at most once. */
function sample(crashes: Crash[], count: number, random: Random): Crash[] {
	if (count >= crashes.length) return crashes
	return Array.from({ length: count }, () => crashes.splice(Math.floor(random() * crashes.length), 1)[0] as Crash)
}

/** Whether the download had said that it was done, with a promise that a power cut does not break. */
function isDone({ workload, doneAt }: Recording, operations: number): boolean {
	return operations >= doneAt && (workload.journaled || workload.sync)
}

function told({ workload, volume }: Recording, crash: Crash, changed: boolean, error: unknown): string {
	const last = volume.log[crash.done - 1]
	const cause = (error as Error).cause
	return [
		`Workload '${workload.name}' of seed ${workload.seed}, crash after ${crash.done} of ${volume.log.length} operations`,
		`(the last was ${last === undefined ? 'none' : last.kind}), ${crash.how}${changed ? ', another version since' : ''}:`,
		`${(error as Error).message}${cause === undefined ? '' : `: ${(cause as Error).message}`}`,
	].join(' ')
}
