import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Verdict } from './contract.ts'
import { proofNamed, proofs } from './proofs.ts'
import { proofReport } from './report.ts'
import { runProof } from './run-proof.ts'

/*
 * `npm run prove`. `--only a,b` runs some of the proofs, `--scale 0.01` a hundredth of each, `--report path` says where the
 * report goes, `--jobs 1` runs one after the other. It exits with 1 where one of them did not hold.
 */

const { values } = parseArgs({
	options: {
		only: { type: 'string', default: Object.keys(proofs).join(',') },
		scale: { type: 'string', default: '1' },
		report: { type: 'string' },
		jobs: { type: 'string', default: String(availableParallelism()) },
	},
})

const root = fileURLToPath(new URL('../..', import.meta.url))
const date = new Date()
const scale = scaleFrom(values.scale)
const names = values.only.split(',')
const path = values.report ?? `docs/proof/${date.toISOString().slice(0, 10)}.md`
const verdicts = new Map<string, Verdict>()
const startedMs = performance.now()

await mkdir(dirname(path), { recursive: true })
const waiting = names.filter(name => proofNamed(name).alone !== true).values()
await Promise.all(Array.from({ length: Number(values.jobs) }, proveWaiting))
for (const name of names) if (!verdicts.has(name)) await prove(name)
process.stderr.write(`The report is in ${path}\n`)
if ([...verdicts.values()].some(({ kind }) => kind === 'failed')) process.exitCode = 1

/** Most proofs wait for as long as they compute, so that two at once take little longer than one. */
async function proveWaiting(): Promise<void> {
	for (const name of waiting) await prove(name)
}

/** The report is written after each one: a run that is stopped has shown what it has. */
async function prove(name: string): Promise<void> {
	process.stderr.write(`${name} …\n`)
	const verdict = await runProof(root, name, scale)
	process.stderr.write(`${name}: ${verdict.kind} after ${Math.round(verdict.seconds)} s\n`)
	if (verdict.kind === 'failed') process.stderr.write(`${verdict.why}\n`)
	verdicts.set(name, verdict)
	const minutes = (performance.now() - startedMs) / 60_000
	const rows = names.map(each => ({ name: each, claim: proofNamed(each).claim, verdict: verdicts.get(each) }))
	await writeFile(path, proofReport(rows, { date, scale, minutes }))
}

/** Anything else would prove nothing, and say that it held. */
function scaleFrom(text: string): number {
	const scale = Number(text)
	if (scale > 0 && scale <= 1) return scale
	throw new Error(`--scale is more than 0 and at most 1, not ${text}`)
}
