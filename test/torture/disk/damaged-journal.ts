import { RangeSet } from '../../../src/model/range-set.ts'
import { isOneOf, requireTidy } from '../../support/disk/aftermath.ts'
import { DownloadWorld } from '../../support/disk/download-world.ts'
import type { Volume } from '../../support/disk/volume.ts'
import { finalPath, type Scenario } from './scenario.ts'

/** One way in which a journal is damaged at one of its bytes. */
export interface Damage {
	readonly name: string
	damage(journal: Uint8Array, at: number): Uint8Array
}

export const damages: readonly Damage[] = [
	{ name: 'cut', damage: (journal, at) => journal.subarray(0, at) },
	...[0, 1, 2, 3, 4, 5, 6, 7].map(bit => ({ name: `bit ${bit} flipped`, damage: flipped(1 << bit) })),
	{ name: 'zeroed from there on', damage: (journal, at) => new Uint8Array(journal).fill(0, at) },
	{
		name: 'a byte left out',
		damage: (journal, at) => Buffer.concat([journal.subarray(0, at), journal.subarray(at + 1)]),
	},
]

/**
 * Damages the journal of an unfinished run, and its data wherever the journal is not to be believed any more: past the line
 * that was damaged. The run on it must end in the right bytes, and must not fetch again what is vouched for still.
 *
 * Answers how many bytes it went on from.
 */
export async function resumeDamaged(scenario: Scenario, { damage }: Damage, at: number): Promise<number> {
	const volume = scenario.begin()
	const journal = volume.read(`${finalPath}.part.journal`) as Uint8Array
	const vouched = linesBefore(journal, at)
	replaceJournal(volume, damage(journal, at))
	spoilAllBut(volume, vouched, scenario.version.body.length)
	const { options, version } = scenario
	const world = new DownloadWorld({ ...options, bytesPerSecond: 10_000_000, seed: 99, volume, version })
	const ending = await world.end()
	if (ending.kind === 'failed') throw new Error('it failed', { cause: ending.error })
	const { path, resumedFrom } = ending.result
	if (!isOneOf(volume.read(path as string), [version.body])) throw new Error(`${path} is wrong`)
	if (resumedFrom !== vouched.bytes)
		throw new Error(`${vouched.bytes} bytes were vouched for, ${resumedFrom} were kept`)
	requireTidy(volume)
	const blamed = world.blamed()
	if (blamed.length > 0) throw new Error(blamed.join(', '))
	return resumedFrom
}

function flipped(mask: number): Damage['damage'] {
	return (journal, at) => {
		const changed = new Uint8Array(journal)
		changed[at] = (changed[at] as number) ^ mask
		return changed
	}
}

/** The ranges in the whole lines before a byte, found without the program's own reading. */
function linesBefore(journal: Uint8Array, at: number): RangeSet {
	const whole = Buffer.from(journal.subarray(0, at)).toString('latin1').split('\n').slice(0, -1)
	const ranges = new RangeSet()
	for (const line of whole.slice(1)) {
		const [, start, end] = /^[wd] (\d+) (\d+)/.exec(line) ?? []
		if (start !== undefined) ranges.add({ start: Number(start), end: Number(end) })
	}
	return ranges
}

/** In place, so that it stays the file that it was. */
function replaceJournal(volume: Volume, content: Uint8Array): void {
	const path = `${finalPath}.part.journal`
	volume.truncate(path, 0)
	volume.overwrite(path, 0, content)
}

function spoilAllBut(volume: Volume, vouched: RangeSet, bytes: number): void {
	for (const { start, end } of vouched.gaps({ start: 0, end: bytes })) {
		volume.overwrite(`${finalPath}.part`, start, new Uint8Array(end - start).fill(0xdd))
	}
}
