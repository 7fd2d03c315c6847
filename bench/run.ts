// `npm run bench`: every scenario, its contenders in turn, and what came of what is claimed.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runScenario } from './benchmark.ts'
import type { Line } from './measure.ts'
import { aria2 } from './peers/aria2.ts'
import { axel } from './peers/axel.ts'
import { curl } from './peers/curl.ts'
import { hash } from './peers/hash.ts'
import { node } from './peers/node.ts'
import type { Peer } from './peers/peer.ts'
import { raw } from './peers/raw.ts'
import { skeinAt } from './peers/skein.ts'
import { wget2 } from './peers/wget2.ts'
import { keep, openRecords, writePage } from './records.ts'
import { type Findings, sectionOf, summaryOf } from './report.ts'
import { scenarios } from './scenarios/all.ts'
import type { Run, Scenario } from './scenarios/scenario.ts'

const usage = `npm run bench -- [options]
  --scenario NAME,…  those alone; a beginning of a name stands for all that begin so
  --rounds N         of each scenario (default: its own number, mostly 3)
  --peers NAME,…     those alone: skein, aria2 …, or skein:4 for one number of connections
  --skein FILE       the command to measure (default: dist/cli/main.js)
  --events FOLDER    keep what each run of skein said, each line after the millisecond in which it came
  --out FOLDER       keep the raw figures there (default: bench/runs/, by day and machine)
  --docs             write the tables of docs/benchmarks.md, from all that is kept in that folder
  --list             name the scenarios
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
		help: { type: 'boolean', default: false },
	},
})

// An exit takes namespaces and children with it; death by a signal would leave them.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

if (values.help) process.stdout.write(usage)
else if (values.list) for (const { name, about } of scenarios) process.stdout.write(`${name}: ${about}\n`)
else await benchmark()

async function benchmark(): Promise<void> {
	const { peers, versions } = findPeers([skeinAt(values.skein), aria2, axel, curl, wget2, raw, hash, node])
	const folder = await openRecords(versions, values.out)
	const choices = {
		peers,
		wanted: values.peers?.split(','),
		rounds: values.rounds === undefined ? undefined : Number(values.rounds),
		heard: tell,
	}
	const all: Findings[] = []
	for (const scenario of chosen()) {
		const findings = await runScenario(scenario, choices)
		await keep(folder, findings)
		all.push(findings)
		process.stdout.write(`${sectionOf(findings)}\n`)
	}
	process.stdout.write(`${summaryOf(all)}\n\nRaw figures: ${folder}\n`)
	if (values.docs)
		await writePage(
			folder,
			scenarios.map(({ name }) => name),
		)
}

function findPeers(peers: readonly Peer[]): { peers: ReadonlyMap<string, Peer>; versions: Record<string, string> } {
	const found = new Map<string, Peer>()
	const versions: Record<string, string> = {}
	for (const peer of peers) {
		const version = peer.find()
		if (version === undefined) process.stderr.write(`bench: ${peer.name} is not installed\n`)
		else {
			versions[peer.name] = version
			found.set(peer.name, peer)
		}
	}
	return { peers: found, versions }
}

function chosen(): readonly Scenario[] {
	const beginnings = values.scenario?.split(',') ?? ['']
	const ones = scenarios.filter(({ name }) => beginnings.some(beginning => name.startsWith(beginning)))
	if (ones.length === 0) throw new Error(`No scenario is called ${values.scenario}; --list names them`)
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
