import type { Random } from '../../../src/base/random.ts'
import {
	canBeContinued,
	finishedFiles,
	isOneOf,
	promisedBytes,
	recordedBytes,
	requireTidy,
	requireToStay,
	scratchesIn,
} from '../../support/disk/aftermath.ts'
import type { Unsynced } from '../../support/disk/crash-point.ts'
import { DownloadWorld, type Ending } from '../../support/disk/download-world.ts'
import { type CallName, type DiskCall, FailingDisk, type Failure } from '../../support/disk/failing-disk.ts'
import type { Volume } from '../../support/disk/volume.ts'
import { finalPath, type Scenario } from './scenario.ts'

/** One way in which the k-th call goes wrong. */
export interface Fault {
	readonly name: string
	/** What becomes of a call: the k-th one, or one after it. */
	failureOf(call: DiskCall, k: number): Failure | undefined
}

const codes = ['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EMFILE', 'EINTR'] as const
/** The one after which nothing more can be told to the disk. */
const deaf = 'EIO from there on'
const moves: ReadonlySet<CallName> = new Set(['file.write', 'file.read'])

export const faults: readonly Fault[] = [
	...codes.map(code => ({
		name: code,
		failureOf: ({ nth }: DiskCall, k: number) => (nth === k ? { code } : undefined),
	})),
	{
		name: 'EIO, and done all the same',
		failureOf: ({ nth }, k) => (nth === k ? { code: 'EIO', done: true } : undefined),
	},
	...[0, 1, 100].map(shortBytes => ({
		name: `short, ${shortBytes} bytes`,
		failureOf: ({ nth, name }: DiskCall, k: number) => (nth === k && moves.has(name) ? { shortBytes } : undefined),
	})),
	{
		name: 'ENOSPC from there on',
		failureOf: ({ nth, name }, k) => (nth >= k && name === 'file.write' ? { code: 'ENOSPC' } : undefined),
	},
	{ name: deaf, failureOf: ({ nth }, k) => (nth >= k ? { code: 'EIO' } : undefined) },
	{
		name: 'no sync from there on',
		failureOf: ({ nth, name }, k) => (nth >= k && /sync/i.test(name) ? { code: 'EIO' } : undefined),
	},
]

/** How many calls a download makes of a disk that never fails. */
export async function countCalls(scenario: Scenario): Promise<number> {
	let failing: FailingDisk | undefined
	const world = new DownloadWorld({
		...scenario.options,
		volume: scenario.begin(),
		version: scenario.version,
		wrap: disk => {
			failing = new FailingDisk(disk, () => undefined, { locksFail: true })
			return failing
		},
	})
	requireDone(await world.end(), scenario)
	return failing?.calls.length ?? 0
}

/** What became of a download whose disk failed. */
export interface Tortured {
	/** `done`, or the code of its error. */
	readonly ended: string
	/** The later run went on from what was there. */
	readonly wentOn: boolean
}

/** Runs a download of which the k-th call fails, then once more with the disk healed. Throws where either is not as it must be. */
export async function torture(scenario: Scenario, fault: Fault, k: number, random: Random): Promise<Tortured> {
	const volume = scenario.begin()
	const before = finishedFiles(volume)
	const world = new DownloadWorld({
		...scenario.options,
		volume,
		version: scenario.version,
		wrap: disk => new FailingDisk(disk, call => fault.failureOf(call, k), { locksFail: true }),
	})
	const ending = await world.end()
	takeFoldersAsSynced(volume)
	const ended = judge(ending, scenario, volume)
	requireNothingOpen(world)
	requireWhole(scenario, volume, before)
	const certain = volume.powerCut(() => 'dropped')
	const promised = promisedBytes(certain.tree, scenario.version)
	for (const crashed of [certain, volume.powerCut(fateFrom(random))]) {
		await healed(scenario, crashed, ended !== 'done' && canBeContinued(crashed, finalPath) ? promised : 0)
	}
	const floorBytes = canBeContinued(volume, finalPath) ? recordedBytes(volume, finalPath, scenario.version, false) : 0
	const stays = !isLossUntold(fault, volume)
	// A disk that fails cannot be tidied up.
	const scratches = scratchesIn(volume)
	const wentOn = await healed(scenario, volume, ended === 'done' ? 0 : floorBytes, stays)
	// A power cut on top of a failed call may bring back a `.journal.new` that was deleted: litter, and no more.
	requireTidy(volume, new Map(), scratches)
	return { ended, wentOn }
}

function judge(ending: Ending, scenario: Scenario, volume: Volume): string {
	if (ending.kind === 'failed') {
		const { code } = ending.error
		if (code === 'E_IO' || code === 'E_NO_SPACE') return code
		throw new Error(`it failed with ${code}`, { cause: ending.error })
	}
	requireBytes(ending, scenario, volume)
	if (scenario.synced) requireToStay(volume, ending.result.path as string)
	return 'done'
}

/**
 * A folder that was made before the sync of its name failed is there for the next run, which cannot know. Its name, and
 * no more, is taken as synced, which every file system of today does with the next sync of whatever is in it.
 */
function takeFoldersAsSynced(volume: Volume): void {
	const covers = volume.log.length
	for (const operation of volume.log.slice(0, covers)) {
		if (operation.kind === 'create' && operation.made.kind === 'folder')
			volume.did({ kind: 'sync', node: operation.folder, covers })
	}
}

/**
 * Where a sync failed, and all calls after it, no note of the loss can be left, nor the journal be deleted: the next run
 * reads back what the system still shows, and nobody could know better.
 */
function isLossUntold({ name }: Fault, volume: Volume): boolean {
	return name === deaf && volume.log.some(({ kind }) => kind === 'failed-sync')
}

/** The run on the healed disk; answers whether it went on. What it finished survives a power cut, but where `stays` is false. */
async function healed(scenario: Scenario, volume: Volume, floorBytes: number, stays = true): Promise<boolean> {
	const { version, options } = scenario
	const world = new DownloadWorld({ ...options, bytesPerSecond: 10_000_000, seed: 99, volume, version })
	const ending = await world.end()
	requireDone(ending, scenario)
	requireBytes(ending, scenario, volume)
	requireNothingOpen(world)
	if (ending.kind !== 'done') return false
	if (scenario.synced && stays) requireToStay(volume, ending.result.path as string)
	if (ending.result.skipped) return false
	const { resumedFrom } = ending.result
	if (resumedFrom < floorBytes) throw new Error(`${floorBytes} bytes were safe; ${resumedFrom} were kept`)
	return resumedFrom > 0
}

function requireDone(ending: Ending, { name }: Scenario): void {
	if (ending.kind === 'failed') throw new Error(`${name}: it failed on a good disk`, { cause: ending.error })
}

function requireBytes(ending: Ending, { version }: Scenario, volume: Volume): void {
	if (ending.kind === 'failed') return
	const path = ending.result.path as string
	if (!isOneOf(volume.read(path), [version.body])) throw new Error(`${path} is wrong`)
}

function requireNothingOpen(world: DownloadWorld): void {
	const blamed = world.blamed()
	if (blamed.length > 0) throw new Error(blamed.join(', '))
}

/** What users see is whole, and what they had is there. */
function requireWhole({ ifExists, version }: Scenario, volume: Volume, before: ReadonlyMap<string, Uint8Array>): void {
	for (const [path, content] of finishedFiles(volume)) {
		// Without links an empty file holds the name until the whole one takes it: where its creation was denied and done, it stays.
		if (content.length === 0 && !volume.hardLinks) continue
		const had = before.get(path)
		if (!isOneOf(content, had === undefined ? [version.body] : [had, version.body]))
			throw new Error(`${path} is damaged`)
	}
	for (const [path, content] of before) {
		if (ifExists !== 'overwrite' && !isOneOf(volume.read(path), [content])) throw new Error(`${path} was changed`)
	}
}

/** A power cut that keeps some of what was not synced. */
function fateFrom(random: Random): (unsynced: Unsynced) => 'kept' | 'dropped' {
	const share = random()
	return () => (random() < share ? 'kept' : 'dropped')
}
