import { randomUUID } from 'node:crypto'
// The global of that name is a getter, and it is asked for with every read of a socket.
import { performance } from 'node:perf_hooks'
import type { Cancel } from '../base/abort.ts'
import { type Clock, sleepBy, type Timer } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import type { Disk } from '../disk/contract.ts'
import { createSystemDisk } from '../disk/system.ts'

/** The time of this machine. The only place under `src/` that reads a clock or sets a timer. */
export const systemClock: Clock = {
	now: () => performance.now(),
	wall: () => new Date(),
	sleep: (ms: number, cancel?: Cancel) => sleepBy(systemClock.after, ms, cancel),
	every: (ms: number, tick: () => void): Timer => {
		const timer = setInterval(tick, ms)
		return { stop: () => clearInterval(timer) }
	},
	after: (ms: number, action: () => void, { background = false } = {}): Timer => {
		const timer = setTimeout(action, ms)
		if (background) timer.unref()
		return { stop: () => clearTimeout(timer) }
	},
}

/** The chance of this machine. */
export const systemRandom: Random = () => Math.random()

/** A name that nobody else gives: 122 bits of chance. */
export const systemNonce: () => string = randomUUID

/** The disks of this machine. */
export const systemDisk: Disk = createSystemDisk(systemClock)

/** The system counts in ticks of milliseconds, and adds up all threads each time: not for each of a thousand small files a second. */
const cpuReadEveryMs = 10
let cpuReadAtMs = Number.NEGATIVE_INFINITY
let cpuMs = 0

/** User and system time of this process, as it was at most 10 ms ago. */
export function processCpuMs(): number {
	const nowMs = performance.now()
	if (nowMs - cpuReadAtMs >= cpuReadEveryMs) {
		const { user, system } = process.cpuUsage()
		cpuMs = (user + system) / 1000
		cpuReadAtMs = nowMs
	}
	return cpuMs
}
