import { watch } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Random } from '../../../src/base/random.ts'
import type { RunningCli } from '../../support/run-cli.ts'
import { eventsOf } from './command-events.ts'

/** The moment at which a run is killed. */
export type Strike =
	/** So long after its start: while Node loads, asks, or fetches. */
	| { readonly at: 'a time'; readonly delayMs: number }
	/** When the origin has sent this run so many bytes. */
	| { readonly at: 'bytes'; readonly bytes: number }
	/** When a name has come or gone in the folder for the n-th time: the `.part`, the journal, the link, the tidying. */
	| { readonly at: 'a name'; readonly suffix: string; readonly count: number; readonly delayMs: number }
	/** When the origin has sent the last byte, and the command checks, syncs and publishes. */
	| { readonly at: 'the last byte'; readonly delayMs: number }
	/** When the command has said so. */
	| { readonly at: 'an event'; readonly event: 'probed' | 'progress' | 'done'; readonly delayMs: number }
	/** While it stops because of a signal, and keeps what it has. */
	| { readonly at: 'a stop'; readonly bytes: number; readonly signal: NodeJS.Signals; readonly delayMs: number }

/** What a strike can see of the run that it ends. */
export interface Victim {
	readonly running: RunningCli
	readonly folder: string
	/** Of the whole file. */
	readonly bytes: number
	/** Bytes that the origin sent to this run. */
	sentBytes(): number
}

const suffixes = ['.bin', '.bin', '.part', '.journal', '.journal.new'] as const

/** @param aboutBytes how many bytes a run should get before it dies, on the average of those that get any */
export function chooseStrike(random: Random, aboutBytes: number): Strike {
	const chance = random()
	const bytes = Math.round(2 * random() * aboutBytes)
	const upTo = (mostMs: number): number => Math.round(random() * mostMs)
	const atOnceOrSoon = random() < 0.5 ? 0 : upTo(8)
	if (chance < 0.15) return { at: 'a time', delayMs: upTo(600) }
	if (chance < 0.4) return { at: 'bytes', bytes }
	if (chance < 0.65) {
		const suffix = suffixes[Math.floor(random() * suffixes.length)] ?? '.bin'
		return { at: 'a name', suffix, count: 1 + Math.floor(random() * 2), delayMs: atOnceOrSoon }
	}
	if (chance < 0.8) return { at: 'the last byte', delayMs: upTo(40) }
	if (chance < 0.85) return { at: 'an event', event: 'probed', delayMs: atOnceOrSoon }
	if (chance < 0.9) return { at: 'an event', event: 'progress', delayMs: upTo(200) }
	if (chance < 0.93) return { at: 'an event', event: 'done', delayMs: atOnceOrSoon }
	return { at: 'a stop', bytes, signal: random() < 0.5 ? 'SIGINT' : 'SIGTERM', delayMs: upTo(20) }
}

/** Kills the run at its moment, unless it ends before; resolves when it is gone. */
export async function carryOut(strike: Strike, victim: Victim): Promise<void> {
	const over = new AbortController()
	const { running } = victim
	const struck = waitFor(strike, victim, over.signal).then(
		() => running.child.kill('SIGKILL'),
		() => {},
	)
	try {
		await running.result
	} finally {
		over.abort()
		await struck
	}
}

async function waitFor(strike: Strike, victim: Victim, over: AbortSignal): Promise<void> {
	switch (strike.at) {
		case 'a time':
			break
		case 'bytes':
			return until(() => victim.sentBytes() >= strike.bytes, over)
		case 'a name':
			await nameChanged(victim.folder, strike.suffix, strike.count, over)
			break
		case 'the last byte':
			await until(() => isAllSent(victim), over)
			break
		case 'an event':
			await until(() => eventsOf(victim.running.stdout).some(({ event }) => event === strike.event), over)
			break
		case 'a stop':
			await until(() => victim.sentBytes() >= strike.bytes, over)
			victim.running.child.kill(strike.signal)
			break
	}
	if (strike.delayMs > 0) await wait(strike.delayMs, undefined, { signal: over })
}

async function until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
	while (!isSo()) await wait(2, undefined, { signal })
}

function isAllSent({ running, bytes, sentBytes }: Victim): boolean {
	const resumedFrom = eventsOf(running.stdout)[0]?.resumedFrom
	return resumedFrom !== undefined && sentBytes() >= bytes - resumedFrom
}

/** Resolves within the watcher's own callback, so that a strike without a delay comes as soon as it can. */
function nameChanged(folder: string, suffix: string, count: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		let left = count
		const watcher = watch(folder, { signal }, (kind, name) => {
			if (kind !== 'rename' || !name?.endsWith(suffix)) return
			left -= 1
			if (left > 0) return
			watcher.close()
			resolve()
		})
		signal.addEventListener('abort', reject, { once: true })
	})
}
