import { contenders, GiB, MB } from './contenders.ts'
import { loopDelayP99Ms, peakMB, worstRun } from './figures.ts'
import type { Claim, Scenario } from './scenario.ts'

const gibibytes = [1, 4, 16, 64]
const atOnce = [1, 10, 100, 1000]
const perConnection = 0.1 * MB

/** What of the machine's memory a download takes, whatever its length and however many there are. */
export const memory: readonly Scenario[] = [...gibibytes.map(ofOne), ...atOnce.map(ofMany)]

/** Zeros, from a file that takes no place; the larger ones to a disk where zeros take none. */
function ofOne(size: number): Scenario {
	const isLarge = size > 4
	// The largest takes minutes: only of the call that takes most memory.
	const ours = size > 16 ? ['skein:32'] : ['skein:auto', 'skein:32']
	const others = size > 16 ? [] : ['aria2:16', 'curl:1']
	return {
		name: `memory-${size}g`,
		about: `nginx on loopback, a sparse file of ${size} GiB${isLarge ? ' to a disk on which zeros take no place' : ''}`,
		origin: { bytes: size * GiB },
		nginx: { sparse: true },
		to: isLarge ? 'zeros' : 'disk',
		rounds: isLarge ? 1 : 3,
		contenders: contenders(...ours, ...others),
		claims: ours.map(contender => worstOf(contender, `peak memory of ${contender} in MB`, { atMost: 110 })),
	}
}

/** So slow that all are under way at once; all of a thousand together fill a line of 1 Gbit/s. */
function ofMany(count: number): Scenario {
	const files = new Array<number>(count).fill(MB)
	const contender = `skein:${count}`
	return {
		name: `memory-${count}-files`,
		about: `${count.toLocaleString('en')} files of 1 MB at once, 100 kB/s for each connection`,
		origin: { bytes: count * MB },
		nginx: { files, perConnection },
		watchesLoop: true,
		rounds: 1,
		contenders: contenders(contender, `aria2:${count}`),
		claims: count < 1000 ? [] : thousandAtOnce(contender),
	}
}

function thousandAtOnce(contender: string): Claim[] {
	return [
		worstOf(contender, 'peak memory of 1,000 downloads at once in MB', { atMost: 400 }),
		{
			claim: 'the event loop of 1,000 downloads at once: p99 of its delay in ms, the worst run',
			about: [contender],
			figure: worstRun(contender, loopDelayP99Ms),
			wanted: { below: 50 },
		},
	]
}

function worstOf(contender: string, what: string, wanted: Claim['wanted']): Claim {
	return { claim: `${what}: the worst run`, about: [contender], figure: worstRun(contender, peakMB), wanted }
}
