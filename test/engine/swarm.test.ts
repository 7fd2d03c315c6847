import { describe, test } from 'vitest'
import { DownloadError, isDownloadError } from '../../src/base/errors.ts'
import type { Random } from '../../src/base/random.ts'
import type { DownloadSpec } from '../../src/engine/spec.ts'
import { type Fault, faultsOf } from '../support/scripted/faults.ts'
import type { Script, Version } from '../support/scripted/server.ts'
import { Reader, StreamedDestination } from '../support/scripted/streamed.ts'
import { type Left, WatchedDestination } from '../support/scripted/watched-destination.ts'
import {
	type Download,
	destinationWith,
	type Ending,
	expectNothingLeft,
	plainAsking,
	type ScriptedDestination,
	version,
	World,
} from '../support/scripted/world.ts'
import { seeded } from '../support/seeded.ts'

const seeds = 300

describe('whatever a server, a line, a disk and a user do together', () => {
	test(`a download ends with the right bytes or a typed error, and leaves nothing open (${seeds} seeds)`, async () => {
		for (let seed = 1; seed <= seeds; seed++) {
			try {
				await live(seed)
			} catch (error) {
				throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
			}
		}
	})
})

/** Downloads under a random part of the faults and, of what they left, others by a server that has come to its senses. */
async function live(seed: number): Promise<void> {
	const random = seeded(seed)
	const versions = versionsOf(random)
	const faults = faultsOf(random)
	const world = worldOf(seed, random, versions, faults)
	const downloads = Array.from({ length: random() < 0.2 ? 3 : 1 }, () => {
		const download = world.start(specOf(random), targetOf(world, random, faults))
		if (faults.has('user')) meddle(world, download.run, random)
		return download
	})
	const killed: Left[] = []
	if (random() < 0.2) world.clock.after(random() * 1500, () => void keepLeft(downloads, killed))
	for (const download of downloads) expectRight(await world.end(download), versions)
	// What the user still does to a run that has ended is without effect.
	await world.clock.advance(20_000)
	expectNothingLeft(world, ...downloads)
	await keepLeft(downloads, killed)
	for (const left of killed) await goOn(world.server.version, left, versions)
}

/** Notes what a run would find now if the process died. */
async function keepLeft(downloads: readonly Download[], into: Left[]): Promise<void> {
	for (const { destination } of downloads) {
		const left = destination instanceof WatchedDestination ? await destination.left() : undefined
		if (left !== undefined) into.push(left)
	}
}

async function goOn(version: Version, left: Left, versions: readonly Version[]): Promise<void> {
	const world = new World({ version })
	const download = world.start({ connections: 3 }, destinationWith(world, left))
	const ending = await world.end(download)
	expectNothingLeft(world, download)
	if (ending.kind === 'failed') throw ending.error
	// All of an earlier version may have been there already.
	expectRight(ending, versions)
}

function targetOf(world: World, random: Random, faults: ReadonlyMap<string, Fault>): ScriptedDestination {
	if (random() > 0.2) return world.destination(diskOf(random, faults))
	const reader = new Reader(world.clock, pick(random, [100_000, Number.POSITIVE_INFINITY]))
	return new StreamedDestination(reader, pick(random, [70_000, 300_000]))
}

function expectRight(ending: Ending, versions: readonly Version[]): void {
	if (ending.kind === 'done') {
		if (!versions.some(({ body }) => Buffer.compare(ending.content, body) === 0)) throw new Error('wrong bytes')
	} else if (!isDownloadError(ending.error) || ending.error.code === 'E_INTERNAL') throw ending.error
}

function versionsOf(random: Random): readonly Version[] {
	const names = pick(random, ['etag', 'etag', 'date', 'weak', 'none'])
	return [1, 2, 3, 4].map(nth => {
		const bytes = Math.floor(random() ** 3 * 600_000)
		const { body } = version(bytes, nth)
		if (names === 'date') return { body, lastModified: `Mon, 0${nth} Dec 2025 00:00:00 GMT` }
		return { body, etag: names === 'none' ? undefined : `${names === 'weak' ? 'W/' : ''}"${nth}"` }
	})
}

function worldOf(
	seed: number,
	random: Random,
	versions: readonly Version[],
	faults: ReadonlyMap<string, Fault>,
): World {
	const [first] = versions as [Version]
	const changes = faults.has('change') ? versions.slice(1).map(to => ({ atMs: random() * 1500, to })) : []
	const script: Script = (asked, right) => {
		for (const { atMs, to } of changes) if (asked.atMs >= atMs) world.server.version = to
		let reply = world.server.version === first ? right : world.server.rightReply(asked)
		for (const fault of faults.values()) {
			if (random() < fault.share) reply = fault.spoil(reply, asked, world.server.version, random)
		}
		return reply
	}
	const world: World = new World({
		version: first,
		seed,
		script,
		ranges: random() > 0.1,
		bytesPerSecond: pick(random, [50_000, 200_000, 1_000_000, Number.POSITIVE_INFINITY]),
		headAfterMs: pick(random, [0, 10, 100, 400]),
		settlesAfterMs: pick(random, [0, 1, 30]),
		blocksBytes: pick(random, [4096, 5 * 4096, 1 << 20]),
		maxPerHost: pick(random, [1, 4, 32]),
		...(random() < 0.3 ? { lineBytesPerSecond: 300_000 } : {}),
	})
	return world
}

function specOf(random: Random): Partial<DownloadSpec> {
	return {
		connections: pick(random, [1, 2, 4, 8, 'auto']),
		retries: pick(random, [0, 3, 8]),
		asking: { ...plainAsking, stallTimeoutMs: 5000 },
		...(random() < 0.3 ? { minSplitBytes: 10_000 } : {}),
		...(random() < 0.1 ? { maxTimeMs: 3000 * random() } : {}),
		...(random() < 0.1 ? { maxBytes: 300_000 } : {}),
	}
}

function diskOf(random: Random, faults: ReadonlyMap<string, Fault>): Parameters<World['destination']>[0] {
	if (!faults.has('disk')) return {}
	return {
		writeMs: random() * 50,
		flushMs: random() * 300,
		...(random() < 0.2 ? { limitBytes: 100_000 } : {}),
		...(random() < 0.2 ? { failsAfterBytes: 400_000 * random() } : {}),
	}
}

function meddle(world: World, run: ReturnType<World['start']>['run'], random: Random): void {
	for (let nth = 0; nth < 6; nth++) {
		const connections = pick<number | 'auto'>(random, [1, 3, 'auto'])
		const commands = [{ kind: 'pause' }, { kind: 'resume' }, { kind: 'set-connections', connections }] as const
		world.clock.after(random() * 2000, () => run.command(pick(random, commands)))
	}
	world.clock.after(2500, () => run.command({ kind: 'resume' }))
	if (random() > 0.4) return
	const reason = new DownloadError('E_ABORTED', 'enough')
	world.clock.after(random() * 2000, () => run.command({ kind: 'cancel', reason }))
}

function pick<Value>(random: Random, values: readonly Value[]): Value {
	return values[Math.floor(random() * values.length)] as Value
}
