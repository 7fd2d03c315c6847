import process from 'node:process'
import { parseArgs } from 'node:util'
import { describeScenario } from './describe.ts'
import { drawScenario } from './draw-scenario.ts'
import { play } from './play.ts'
import { proveSimulation, type SimulationReport } from './prove.ts'
import type { Scenario } from './scenario.ts'
import type { Findings } from './simulate-seeds.ts'

const usage = `npm run simulate -- --seed N                 one seed, with its trace
npm run simulate -- --seeds N [--from N] [--jobs N]   many seeds
npm run simulate -- --scenario N             the scenario of a seed as JSON, for regression-seeds.ts
`

const legend =
	'  p1 is the first process, p1.c2 its second connection, p1.disk what it has the disk do, each as it is done'

process.exitCode = await main()

async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			seed: { type: 'string' },
			seeds: { type: 'string' },
			from: { type: 'string' },
			jobs: { type: 'string' },
			scenario: { type: 'string' },
		},
	})
	const { seed, seeds, from, jobs, scenario } = values
	if (scenario !== undefined) return print(JSON.stringify(drawScenario(whole(scenario))))
	if (seed !== undefined) return showSeed(`seed ${seed}`, drawScenario(whole(seed)))
	if (seeds === undefined) return print(usage)
	return proveSeeds({
		seeds: whole(seeds),
		...(from === undefined ? {} : { from: whole(from) }),
		...(jobs === undefined ? {} : { jobs: whole(jobs) }),
	})
}

/** Plays it twice: the same, or chance or time has leaked in. */
async function showSeed(name: string, scenario: Scenario): Promise<number> {
	const first = await play(scenario)
	const second = await play(scenario)
	print(`skein simulation, ${name}\n`)
	print(
		describeScenario(scenario)
			.map(line => `  ${line}`)
			.join('\n'),
	)
	print(`\n${legend}\n\n          ms  who       what\n${first.lines.join('\n')}\n`)
	const { wrong, requests, virtualMs } = first
	const hash = first.hash()
	const again = second.hash()
	print(`${requests} requests in ${(virtualMs / 1000).toFixed(1)} s of virtual time`)
	print(wrong.length === 0 ? 'nothing wrong' : wrong.map(what => `WRONG: ${what}`).join('\n'))
	print(`hash ${hash}, and ${again === hash ? 'the same' : again} when it was played again`)
	return wrong.length === 0 && again === hash ? 0 : 1
}

async function proveSeeds(options: { from?: number; seeds: number; jobs?: number }): Promise<number> {
	const startedMs = performance.now()
	let told = 0
	const report = await proveSimulation({
		...options,
		onProgress: ({ seeds, failed }: Findings) => {
			const perSecond = (seeds * 1000) / (performance.now() - startedMs)
			const line = `${seeds} of ${options.seeds} seeds, ${failed.length} failed, ${perSecond.toFixed(0)} a second`
			// Each failure is news; else a line that is written over, or one now and then where nobody looks on.
			const isNews = failed.length > told || seeds % 10_000 === 0
			told = failed.length
			process.stderr.write(process.stderr.isTTY ? `\r${line}` : isNews ? `${line}\n` : '')
		},
	})
	if (process.stderr.isTTY) process.stderr.write('\n')
	printReport(report)
	return report.failed.length === 0 && report.rarelyReached.length === 0 ? 0 : 1
}

function printReport({
	seeds,
	from,
	reach,
	failed,
	rarelyReached,
	requests,
	virtualMs,
	tookMs,
}: SimulationReport): void {
	print('Of 100 seeds so many came by')
	for (const { point, share } of reach) print(`  ${(share * 100).toFixed(1).padStart(5)}  ${point}`)
	const seconds = (tookMs / 1000).toFixed(0)
	print(
		`\n${seeds} seeds from ${from} on, ${requests} requests, ${(virtualMs / 3_600_000).toFixed(0)} h of virtual time, in ${seconds} s`,
	)
	for (const point of rarelyReached) print(`RARELY REACHED: ${point}`)
	for (const { seed, wrong } of failed) print(`WRONG: seed ${seed}: ${wrong.join('; ').slice(0, 500)}`)
	if (failed.length === 0) print('nothing wrong')
}

function whole(text: string): number {
	const value = Number(text)
	if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`Expected a whole number, got ${text}`)
	return value
}

function print(text: string): number {
	process.stdout.write(`${text}\n`)
	return 0
}
