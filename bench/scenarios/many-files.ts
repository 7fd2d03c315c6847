import { contenders, MB } from './contenders.ts'
import { wallRatio } from './figures.ts'
import type { Scenario } from './scenario.ts'

/** What a file costs. The number of a contender is that of files at once; `curl:auto` is 50, its own. */
export const manyFiles: readonly Scenario[] = [
	{
		...filesOf('full-small', '10,000 files of 4–10 kB, keep-alive', smallFiles(10_000)),
		keepsFiles: true,
		contenders: contenders('skein:16', 'skein:auto', 'raw:16', 'aria2:16', 'curl:16', 'curl:auto', 'wget2:16'),
		claims: [
			wallRatio('skein:16', 'curl:16', 1.15),
			wallRatio('skein:16', 'curl:auto', 1.15),
			wallRatio('skein:16', 'aria2:16', 0.45),
		],
	},
	{
		...filesOf('full-medium', '500 files of 1 MB, keep-alive', new Array<number>(500).fill(MB)),
		rounds: 5,
		contenders: contenders('skein:16', 'skein:auto', 'raw:16', 'aria2:16', 'curl:16', 'wget2:16'),
	},
]

/** 4 to 10 kB, no two neighbours alike, the same in every run. */
export function smallFiles(count: number): number[] {
	return Array.from({ length: count }, (_, index) => 4000 + ((index * 2417) % 6001))
}

/** nginx serves so many files; who takes part is for the caller to say. */
export function filesOf(name: string, what: string, files: readonly number[]): Scenario {
	return {
		name,
		about: `nginx on loopback, ${what}`,
		origin: { bytes: files.reduce((sum, bytes) => sum + bytes, 0) },
		nginx: { files },
		rounds: 7,
		contenders: [],
		claims: [],
	}
}
