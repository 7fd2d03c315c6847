import { type Entrants, entrantsOf } from './entrants.ts'
import { judge } from './judge.ts'
import type { Line } from './measure.ts'
import type { Peer } from './peers/peer.ts'
import type { Findings } from './report.ts'
import { runRound } from './rounds.ts'
import { nameOf, type Run, type Scenario } from './scenarios/scenario.ts'
import { createWorld } from './world.ts'

export interface Choices {
	readonly peers: ReadonlyMap<string, Peer>
	/** Peers or contenders; undefined for all. */
	readonly wanted: readonly string[] | undefined
	/** Undefined: the scenario's own number. */
	readonly rounds: number | undefined
	/** Hears of each run, and of what the program said line by line. */
	readonly heard: (scenario: Scenario, run: Run, lines: readonly Line[]) => void
}

/** Runs a scenario in rounds and judges what is claimed of it. One that this machine does not allow says so. */
export async function runScenario(scenario: Scenario, choices: Choices): Promise<Findings> {
	const entrants = entrantsOf(scenario, choices.peers, choices.wanted)
	const runs: Run[] = []
	const absent: Record<string, string> = { ...entrants.absent }
	try {
		await runRounds(scenario, entrants.present, choices, runs)
	} catch (error) {
		absent['the scenario'] = error instanceof Error ? error.message.trim() : String(error)
	}
	return {
		scenario: scenario.name,
		about: scenario.about,
		bytes: scenario.origin.bytes,
		idealMs: scenario.idealMs ?? null,
		...subjectOf(scenario),
		absent,
		runs,
		judgements: judge(scenario, runs),
	}
}

/** The first of the contenders, where only their ratios say anything. */
function subjectOf({ idealMs, contenders: [first] }: Scenario): Pick<Findings, 'subject'> {
	return idealMs === undefined && first !== undefined ? { subject: nameOf(first) } : {}
}

async function runRounds(
	scenario: Scenario,
	contenders: Entrants['present'],
	{ rounds = scenario.rounds ?? 3, heard }: Choices,
	runs: Run[],
): Promise<void> {
	if (contenders.length === 0) return
	await using world = await createWorld(scenario)
	for (let round = 0; round < rounds; round++) {
		await runRound({
			scenario,
			world,
			contenders,
			round,
			heard(run, lines) {
				runs.push(run)
				heard(scenario, run, lines)
			},
		})
	}
}
