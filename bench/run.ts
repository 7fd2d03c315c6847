// `npm run bench`: every scenario, its contenders in turn, and what came of what is claimed.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runScenario } from './benchmark.ts'
import { baselineOf, fallsOf, lineOf, measuredOf } from './guard.ts'
import type { Line } from './measure.ts'
import { writePages } from './pages.ts'
import { findPeers } from './peers/all.ts'
import { wordsOf } from './ratios.ts'
import { keep, openRecords, readBaseline, writeBaseline } from './records.ts'
import { type Findings, sectionOf, summaryOf } from './report.ts'
import { scenarios } from './scenarios/all.ts'
import { quick } from './scenarios/quick.ts'
import type { Run, Scenario } from './scenarios/scenario.ts'

const usage = `npm run bench -- [options]
  --scenario NAME,…  those alone; what is no name stands for all that begin so
  --rounds N         of each scenario (default: its own number, mostly 3)
  --peers NAME,…     those alone: skein, aria2 …, or skein:4 for one number of connections
  --skein FILE       the command to measure (default: dist/cli/main.js)
  --events FOLDER    keep what each run of skein said, each line after the millisecond in which it came
  --out FOLDER       keep the raw figures there (default: bench/runs/, by day and machine)
  --docs             write the tables and plots of docs/benchmarks.md, from all that is kept in that folder;
                     without --scenario nothing is run
  --list             name the scenarios

  --quick            in a minute and a half: skein against a baseline that checks nothing; keeps and judges nothing
  --check            the same in seven rounds, and exit 1 where a ratio is more than 35 % above bench/baseline.json
  --save-baseline    the same in seven rounds, into bench/baseline.json
`

const { values } = parseArgs({
	options: {
		scenario: { type: 'string' },
		rounds: { type: 'string' },
		peers: { type: 'string' },
		skein: { type: 'string', default: fileURLToPath(new URL('../dist/cli/main.js', import.meta.url)) },
		events: { type: 'string' },
		out: { type: 'string' },
		docs: { type: 'boolean', default: false },
		list: { type: 'boolean', default: false },
		quick: { type: 'boolean', default: false },
		check: { type: 'boolean', default: false },
		'save-baseline': { type: 'boolean', default: false },
		help: { type: 'boolean', default: false },
	},
})

// An exit takes namespaces and children with it; death by a signal would leave them.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

if (values.help) process.stdout.write(usage)
else if (values.list) for (const { name, about } of scenarios) process.stdout.write(`${name}: ${about}\n`)
else if (values.check || values['save-baseline']) await guard(7)
else if (values.quick) await guard(5)
else await benchmark()

async function benchmark(): Promise<void> {
	const found = findPeers(values.skein)
	const folder = await openRecords(found.versions, values.out)
	const all: Findings[] = []
	for (const scenario of chosen()) {
		const findings = await run(scenario, found.peers, numberOfRounds())
		await keep(folder, findings)
		all.push(findings)
		process.stdout.write(`${sectionOf(findings)}\n`)
	}
	if (all.length > 0) process.stdout.write(`${summaryOf(all)}\n\nRaw figures: ${folder}\n`)
	if (values.docs)
		await writePages(
			folder,
			scenarios.map(({ name }) => name),
		)
}

/** The quick scenarios, and what came of the ratios that are guarded. */
async function guard(fewest: number): Promise<void> {
	const { peers } = findPeers(values.skein)
	const all: Findings[] = []
	for (const scenario of quick) {
		const findings = await run(scenario, peers, numberOfRounds() ?? Math.max(fewest, scenario.rounds ?? 0))
		all.push(findings)
		process.stdout.write(`${sectionOf(findings)}\n`)
	}
	const measured = measuredOf(all)
	const committed = await readBaseline()
	for (const [name, ratio] of measured)
		process.stdout.write(`${name} ${wordsOf(ratio)}, committed ${committed[name] ?? 'none'}\n`)
	if (values['save-baseline']) await writeBaseline(baselineOf(measured))
	if (!values.check) return
	if (Object.keys(committed).length === 0)
		throw new Error('Nothing is committed to check against; --save-baseline writes it')
	const falls = fallsOf(baselineOf(measured), committed)
	for (const fall of falls) process.stdout.write(`FELL ${lineOf(fall)}\n`)
	if (falls.length > 0) process.exitCode = 1
}

function run(
	scenario: Scenario,
	peers: ReturnType<typeof findPeers>['peers'],
	rounds: number | undefined,
): Promise<Findings> {
	return runScenario(scenario, { peers, wanted: values.peers?.split(','), rounds, heard: tell })
}

function numberOfRounds(): number | undefined {
	return values.rounds === undefined ? undefined : Number(values.rounds)
}

function chosen(): readonly Scenario[] {
	const wanted = values.scenario?.split(',') ?? (values.docs ? [] : [''])
	const names = new Set(scenarios.map(({ name }) => name))
	const ones = scenarios.filter(({ name }) =>
		wanted.some(one => (names.has(one) ? name === one : name.startsWith(one))),
	)
	if (ones.length === 0 && wanted.length > 0)
		throw new Error(`No scenario is called ${values.scenario}; --list names them`)
	return ones
}

function tell({ name }: Scenario, run: Run, lines: readonly Line[]): void {
	const { contender, round, wallMs, failure } = run
	process.stderr.write(`bench: ${name}, round ${round + 1}: ${contender} ${failure ?? `${wallMs} ms`}\n`)
	if (values.events === undefined || lines.length === 0) return
	mkdirSync(values.events, { recursive: true })
	const file = `${name} ${contender} ${round + 1}.jsonl`.replaceAll(/[ :]/g, '-')
	const text = lines.map(({ atMs, text }) => `${atMs} ${text}\n`).join('')
	writeFileSync(join(values.events, file), `${text}${JSON.stringify(run)}\n`)
}
