import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import type { Entrant } from './entrants.ts'
import { useFreeMemory } from './free-memory.ts'
import { type Cost, type Line, measure } from './measure.ts'
import { digestOf, isCopy } from './original.ts'
import type { Run, Scenario } from './scenarios/scenario.ts'
import type { World } from './world.ts'

/** Beyond a minute, and this many times the ideal, and what this rate takes, a run is ended. */
const patience = 5
const slowestBytesPerMs = 50_000

/** One call of one program. */
export interface Attempt {
	/** Of the contender, with what is particular about this call. */
	readonly name: string
	readonly scenario: Scenario
	readonly world: World
	readonly contender: Entrant
	/** Of the user who calls it. */
	readonly home: string
	/** Where its files are to be. */
	readonly folder: string
	/** Undefined: it runs to its end. */
	readonly killedAfterMs?: number
	/** What a killed call left is in the folder. */
	readonly resumes?: boolean
}

/** Runs it, and looks at what it left. */
export async function attempt(
	one: Attempt,
): Promise<Omit<Run, 'contender' | 'round'> & { readonly lines: readonly Line[] }> {
	const { scenario, world, home, folder, killedAfterMs } = one
	const target = join(folder, 'file.bin')
	const loopDelay = scenario.watchesLoop ? join(home, 'loop-delay') : undefined
	const command = await commandOf(one, target, loopDelay)
	if (!scenario.keepsFiles) await useFreeMemory(home, world.originals)
	// What the run before left to be written is not this one's to wait for.
	await promisify(execFile)('sync')
	await world.begin()
	const cost = await measure({
		command,
		env: environmentAt(home),
		folder,
		limitMs: killedAfterMs ?? limitOf(scenario),
		notes: join(home, 'cost'),
	})
	const tallies = await world.end()
	const { wallMs, cpuMs, peakBytes, lines } = cost
	return {
		wallMs: Math.round(wallMs),
		cpuMs,
		peakBytes,
		failure: killedAfterMs === undefined ? await failureOf(cost, target, one) : notKilled(cost),
		tallies,
		verdict: verdictIn(lines),
		...(await loopDelayIn(loopDelay)),
		lines,
	}
}

async function commandOf(
	{ name, scenario, world, contender, folder, resumes = false }: Attempt,
	target: string,
	loopDelay: string | undefined,
): Promise<string[]> {
	const { connections, manner, program } = contender
	const [original] = world.originals
	if (original === undefined) throw new Error('A scenario has at least one file')
	const command = program.command({
		urls: world.urls,
		target,
		connections,
		sha256: scenario.toldDigest || manner === 'checked' ? await digestOf(original) : undefined,
		ca: world.ca,
		many: world.many && { ...world.many, folder },
		synced: manner === 'synced',
		resumes,
		original: typeof original.content === 'object' && 'path' in original.content ? original.content.path : '',
		loopDelay,
	})
	if (command === undefined) throw new Error(`${name} cannot do ${scenario.name}`)
	return [...world.prefix, ...command]
}

function limitOf({ idealMs = 0, origin }: Scenario): number {
	return 60_000 + patience * idealMs + origin.bytes / slowestBytesPerMs
}

/** Nothing of this user's settings, and no proxies. */
function environmentAt(home: string): NodeJS.ProcessEnv {
	return { PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: home, XDG_CACHE_HOME: join(home, '.cache') }
}

async function failureOf({ code, stderr }: Cost, target: string, one: Attempt): Promise<string | undefined> {
	if (code === null) return 'took too long'
	if (code !== 0) return `exit ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}`
	if (one.contender.program.fetchesNothing) return undefined
	const { originals, many } = one.world
	for (const original of originals) {
		const path = many === undefined ? target : join(dirname(target), original.name)
		const isRight = await isCopy(path, original)
		if (isRight === undefined) return 'exit 0 without a file'
		if (!isRight) return 'exit 0 with wrong bytes'
	}
	return undefined
}

function notKilled({ code }: Cost): string | undefined {
	return code === null ? undefined : 'ended before it was killed'
}

/** skein says it in its `done` event. */
function verdictIn(lines: readonly Line[]): string | undefined {
	const done = lines.findLast(({ text }) => text.startsWith('{"event":"done"'))
	if (done === undefined) return undefined
	const { verdict } = JSON.parse(done.text) as { readonly verdict: { readonly bottleneck: string } }
	return verdict.bottleneck
}

async function loopDelayIn(file: string | undefined): Promise<Pick<Run, 'loopDelayP99Ms'>> {
	const text = file && (await readFile(file, 'utf8').catch(() => undefined))
	if (text === undefined || text === '') return {}
	const { p99Ms } = JSON.parse(text) as { readonly p99Ms: number }
	return { loopDelayP99Ms: p99Ms }
}
