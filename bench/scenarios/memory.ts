import { contenders, GiB, MB } from './contenders.ts'
import { loopDelayP99Ms, peakMB, worstRun } from './figures.ts'
import type { Claim, Scenario } from './scenario.ts'

const gibibytes = [1, 4, 16, 64]
const atOnce = [1, 10, 100, 1000]
const perConnection = 0.1 * MB

/** What of the machine's memory a download takes, whatever its length and however many there are. */
export const memory: readonly Scenario[] = [...gibibytes.map(ofOne), ...atOnce.map(ofMany)]

/** Zeros, from a file that takes no place into one that takes none; so 64 GiB fit on any disk. */
function ofOne(size: number): Scenario {
	// aria2 takes minutes for the largest.
	const others = size > 16 ? [] : ['aria2:16', 'curl:1']
	return {
		name: `memory-${size}g`,
		about: `nginx on loopback, a sparse file of ${size} GiB, made sparse again while it is written`,
		origin: { bytes: size * GiB },
		nginx: { sparse: true },
		rounds: size > 4 ? 1 : 3,
		contenders: contenders('skein:auto', 'skein:32', ...others),
		claims: ['skein:auto', 'skein:32'].map(contender =>
			worstOf(contender, `peak memory of ${contender} in MB`, { atMost: 110 }),
		),
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
		idealMs: (MB / perConnection) * 1000,
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
