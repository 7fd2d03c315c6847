import type { Clock } from '../../src/base/clock.ts'

/** Time as it is, for tests whose servers are real. */
export const realClock: Clock = {
	now: () => performance.now(),
	wall: () => new Date(),
	sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
	every: (ms, tick) => {
		const timer = setInterval(tick, ms)
		return { stop: () => clearInterval(timer) }
	},
	after: (ms, action) => {
		const timer = setTimeout(action, ms)
		return { stop: () => clearTimeout(timer) }
	},
}
