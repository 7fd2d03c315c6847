import {
	canBeContinued,
	finishedFiles,
	isOneOf,
	requireTidy,
	requireToStay,
	scratchesIn,
} from '../../support/disk/aftermath.ts'
import { DownloadWorld, type Ending } from '../../support/disk/download-world.ts'
import type { Volume } from '../../support/disk/volume.ts'
import type { Version } from '../../support/scripted/server.ts'
import { finalPath, type Recording } from './workload.ts'

/** What the run after a crash made of what it found. */
export type Recovered = 'resumed' | 'anew' | 'already there' | 'refused'

/** What the crash must not have cost. */
export interface Floor {
	/** Bytes that the run after it may not fetch again. */
	readonly bytes: number
	/** The file had been done: it is there, whatever the crash did. */
	readonly done: boolean
}

/** Looks at what a crash left, runs the download again on it, and throws where anything is not as it must be. */
export async function recover(
	recording: Recording,
	volume: Volume,
	version: Version,
	floor: Floor,
): Promise<Recovered> {
	const before = finishedFiles(volume)
	const scratches = scratchesIn(volume)
	for (const [path, content] of before) requireWhole(recording, path, content)
	if (floor.done && !isOneOf(volume.read(recording.path), [recording.version.body])) {
		throw new Error(`the download was done, and ${recording.path} is not there`)
	}
	const sameVersion = version === recording.version
	if (floor.bytes > 0) requireSomewhere(recording, volume)
	const floorBytes = sameVersion && canBeContinued(volume, recording.path) ? floor.bytes : 0
	const seed = recording.workload.seed + 77
	const world = new DownloadWorld({ ...recording.options, bytesPerSecond: 10_000_000, volume, version, seed })
	const ending = await world.end()
	const blamed = world.blamed()
	if (blamed.length > 0) throw new Error(blamed.join(', '))
	requireKept(recording, before, volume)
	const recovered = judge(recording, ending, volume, version, before, floorBytes)
	if (ending.kind !== 'done') return recovered
	if (!ending.result.skipped) requireTidy(volume, sameVersion ? new Map() : before, scratches)
	// A file that is skipped for its name alone is not ours to sync.
	const ours = recovered !== 'already there' || recording.workload.ifExists !== 'skip'
	if (ours && isSynced(recording)) requireToStay(volume, ending.result.path as string)
	return recovered
}

function judge(
	recording: Recording,
	ending: Ending,
	volume: Volume,
	version: Version,
	before: ReadonlyMap<string, Uint8Array>,
	floorBytes: number,
): Recovered {
	if (ending.kind === 'failed') {
		const mayRefuse = recording.workload.ifExists === 'error' && before.has(finalPath)
		if (ending.error.code === 'E_EXISTS' && mayRefuse) return 'refused'
		throw new Error('the run after the crash failed', { cause: ending.error })
	}
	const { path, skipped, resumedFrom } = ending.result
	const content = volume.read(path as string)
	if (skipped) {
		// Who asked for that is content with whatever has the name; for all others it is what they would have fetched.
		const wanted = recording.workload.ifExists === 'skip' ? [...before.values()] : [version.body]
		if (!isOneOf(content, wanted)) throw new Error(`${path} was said to be there`)
		return 'already there'
	}
	if (!isOneOf(content, [version.body, ...wholeOnes(recording, resumedFrom)])) throw new Error(`${path} is wrong`)
	if (resumedFrom < floorBytes) throw new Error(`${floorBytes} bytes were safe; ${resumedFrom} were kept`)
	return resumedFrom > 0 ? 'resumed' : 'anew'
}

/** What a journal has called durable is in the file, or in a `.part` with that journal beside it. */
function requireSomewhere({ path, version }: Recording, volume: Volume): void {
	if (canBeContinued(volume, path) || isOneOf(volume.read(path), [version.body])) return
	throw new Error('what was called durable is gone')
}

/** A run that finds all of its bytes there asks for none, and may finish what the server has replaced meanwhile. */
function wholeOnes({ version, older }: Recording, resumedFrom: number): Uint8Array[] {
	return [version, older].map(({ body }) => body).filter(body => body.length === resumedFrom)
}

/** Whatever has a finished file's name is a whole file: of this download, or the one that was there before. */
function requireWhole(recording: Recording, path: string, content: Uint8Array): void {
	if (!isSynced(recording)) return
	const { workload, version, older, previous } = recording
	const whole = [version.body, older.body]
	if (path === finalPath && previous !== undefined) whole.push(previous)
	// Where there are no links an empty file holds the name until the whole one takes it.
	if (workload.volume.hardLinks === false) whole.push(new Uint8Array(0))
	if (!isOneOf(content, whole)) throw new Error(`the crash left ${content.length} bytes under ${path}`)
}

/** Small files are not synced unless that was asked for: a power cut may take them. */
function isSynced({ workload }: Recording): boolean {
	return workload.journaled || workload.sync
}

/** What was finished before the run is as it was, but where it was asked to be replaced. */
function requireKept(recording: Recording, before: ReadonlyMap<string, Uint8Array>, volume: Volume): void {
	for (const [path, content] of before) {
		if (recording.workload.ifExists === 'overwrite' && path === finalPath) continue
		if (!isOneOf(volume.read(path), [content])) throw new Error(`${path} was changed by the run after the crash`)
	}
}
