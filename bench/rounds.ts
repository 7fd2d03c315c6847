import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { pseudoRandom } from '../test/support/body.ts'
import { holds } from './compare.ts'
import type { Entrant } from './entrants.ts'
import { type Cost, type Line, measure } from './measure.ts'
import { nameOfFile, piecesOf } from './origin/pieces.ts'
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
	const { nginx } = world
	const many = scenario.nginx?.files && nginx && { urls: nginx.urls, list: nginx.list, folder }
	const command = contender.program.command({ urls: world.urls, target, connections, sha256, ca: nginx?.ca, many })
	if (command === undefined) throw new Error(`${name} cannot do ${scenario.name}`)
	// What the run before left to be written is not this one's to wait for.
	await promisify(execFile)('sync')
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
	const failure = contender.program.fetchesNothing ? undefined : await failureOf(cost, target, scenario)
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

async function failureOf({ code, stderr }: Cost, target: string, scenario: Scenario): Promise<string | undefined> {
	if (code === null) return 'took too long'
	if (code !== 0) return `exit ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}`
	for (const { path, content } of wantedFiles(target, scenario)) {
		const isRight = await holds(path, content)
		if (isRight === undefined) return 'exit 0 without a file'
		if (!isRight) return 'exit 0 with wrong bytes'
	}
	return undefined
}

function wantedFiles(target: string, { origin, nginx }: Scenario): { path: string; content: Buffer }[] {
	const content = fileOf(origin)
	if (nginx?.files === undefined) return [{ path: target, content }]
	const pieces = piecesOf(content, nginx.files)
	return pieces.map((piece, index) => ({ path: join(dirname(target), nameOfFile(index)), content: piece }))
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
