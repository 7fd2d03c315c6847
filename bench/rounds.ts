import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { seeded } from '../test/support/seeded.ts'
import { type Attempt, attempt } from './attempt.ts'
import type { Entrant } from './entrants.ts'
import type { Line } from './measure.ts'
import { temporaryFolder } from './places.ts'
import { nameOf, type Run, type Scenario } from './scenarios/scenario.ts'
import type { World } from './world.ts'

export interface Round {
	readonly scenario: Scenario
	readonly world: World
	/** With the peers that are here, and offer what the scenario wants. */
	readonly contenders: readonly Entrant[]
	readonly round: number
	/** Hears of each run, and of what the program said line by line. */
	readonly heard: (run: Run, lines: readonly Line[]) => void
}

/** Each contender once. */
export async function runRound({ scenario, world, contenders, round, heard }: Round): Promise<void> {
	for (const contender of orderOf(contenders, round)) {
		await using home = await homeIn(world.folder, scenario)
		for await (const one of attemptsOf(scenario, contender, home.path)) {
			const { lines, ...run } = await attempt({ ...one, scenario, world, contender, home: home.path })
			heard({ ...run, contender: one.name, round }, lines)
		}
	}
}

/** Another one is first in each round, and the others are shuffled, in each call alike: nobody always follows the same program. */
export function orderOf<T>(contenders: readonly T[], round: number): T[] {
	const random = seeded(round)
	const at = round % contenders.length
	const others = contenders.toSpliced(at, 1).map(one => ({ one, place: random() }))
	return [...contenders.slice(at, at + 1), ...others.sort((a, b) => a.place - b.place).map(({ one }) => one)]
}

/**
 * Of many files none is deleted before the last run: for some minutes ext4 passes over the numbers of deleted ones, and the
 * next program would be measured at its search for others, which takes ten times as long as to make a file.
 */
async function homeIn(folder: string, scenario: Scenario): ReturnType<typeof temporaryFolder> {
	if (scenario.keepsFiles !== true) return temporaryFolder(folder, 'home')
	return { path: await mkdtemp(join(folder, 'home-')), async [Symbol.asyncDispose]() {} }
}

/** The target is a new file in a new folder; what the program keeps for itself stays in its home. */
async function* attemptsOf(
	scenario: Scenario,
	contender: Entrant,
	home: string,
): AsyncGenerator<Pick<Attempt, 'name' | 'folder' | 'killedAfterMs' | 'resumes'>> {
	const { killedAfterMs, runsAgain } = scenario
	const name = nameOf(contender)
	const folder = await mkdtemp(join(home, 'files-'))
	if (killedAfterMs === undefined) yield { name, folder }
	else {
		yield { name: `${name} killed`, folder, killedAfterMs }
		yield { name: `${name} resumed`, folder, resumes: true }
	}
	if (scenario.keepsFiles !== true) await rm(folder, { recursive: true })
	if (runsAgain) yield { name: `${name} again`, folder: await mkdtemp(join(home, 'files-')) }
}
