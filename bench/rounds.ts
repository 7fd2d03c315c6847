import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { pseudoRandom } from '../test/support/body.ts'
import type { Entrant } from './entrants.ts'
import { type Cost, type Line, measure } from './measure.ts'
import type { OriginSpec } from './origin/spec.ts'
import { nameOf, type Run, type Scenario } from './scenarios/scenario.ts'
import type { World } from './world.ts'

/** Beyond this many times the ideal, and a minute, a run is ended. */
const patience = 5

export interface Round {
	readonly scenario: Scenario
	readonly world: World
	/** With the peers that are here, and offer what the scenario wants. */
	readonly contenders: readonly Entrant[]
	readonly round: number
	/** Hears of each run, and of what the program said line by line. */
	readonly heard: (run: Run, lines: readonly Line[]) => void
}

/** Each contender once, another one first in each round. */
export async function runRound(round: Round): Promise<void> {
	const { contenders } = round
	const first = round.round % contenders.length
	for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
		const home = await mkdtemp(join(tmpdir(), 'skein-bench-'))
		try {
			await runOnce(round, contender, nameOf(contender), home)
			if (round.scenario.runsAgain) await runOnce(round, contender, `${nameOf(contender)} again`, home)
		} finally {
			await rm(home, { recursive: true, force: true })
		}
	}
}

/** The target is a new file in a new folder; what the program keeps for itself stays in `home`. */
async function runOnce(round: Round, contender: Entrant, name: string, home: string): Promise<void> {
	const { scenario, world } = round
	const folder = await mkdtemp(join(home, 'files-'))
	const target = join(folder, 'file.bin')
	const { connections } = contender
	const sha256 = scenario.toldDigest ? digestOf(scenario.origin) : undefined
	const command = contender.program.command({ urls: world.urls, target, connections, sha256 })
	if (command === undefined) throw new Error(`${name} cannot do ${scenario.name}`)
	await world.begin()
	const cost = await measure({
		command: [...world.prefix, ...command],
		env: environmentAt(home),
		folder,
		limitMs: 60_000 + patience * (scenario.idealMs ?? 0),
		notes: join(home, 'cost'),
	})
	const tallies = await world.end()
	const { wallMs, cpuMs, peakBytes } = cost
	const failure = await failureOf(cost, target, scenario)
	const verdict = verdictIn(cost.lines)
	round.heard(
		{ contender: name, round: round.round, wallMs: Math.round(wallMs), cpuMs, peakBytes, failure, tallies, verdict },
		cost.lines,
	)
	await rm(folder, { recursive: true })
}

/** Nothing of this user's settings, and no proxies. */
function environmentAt(home: string): NodeJS.ProcessEnv {
	return { PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: home, XDG_CACHE_HOME: join(home, '.cache') }
}

async function failureOf({ code, stderr }: Cost, target: string, { origin }: Scenario): Promise<string | undefined> {
	if (code === null) return 'took too long'
	if (code !== 0) return `exit ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}`
	const bytes = await readFile(target).catch(() => undefined)
	if (bytes === undefined) return 'exit 0 without a file'
	const isRight = bytes.equals(fileOf(origin))
	return isRight ? undefined : 'exit 0 with wrong bytes'
}

const fileOf = ({ bytes, version = 1 }: OriginSpec): Buffer => pseudoRandom(bytes, version)

const digestOf = (origin: OriginSpec): string => createHash('sha256').update(fileOf(origin)).digest('hex')

/** skein says it in its `done` event. */
function verdictIn(lines: readonly Line[]): string | undefined {
	const done = lines.findLast(({ text }) => text.startsWith('{"event":"done"'))
	if (done === undefined) return undefined
	const { verdict } = JSON.parse(done.text) as { readonly verdict: { readonly bottleneck: string } }
	return verdict.bottleneck
}
