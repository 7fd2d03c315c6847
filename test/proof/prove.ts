import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { proofNamed, proofs } from './proofs.ts'
import { type Proved, proofReport } from './report.ts'
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
const found = new Map<string, Proved>()
const startedMs = performance.now()
const waiting = names.filter(name => proofNamed(name).alone !== true).values()
await Promise.all(Array.from({ length: Number(values.jobs) }, proveWaiting))
for (const name of names) if (!found.has(name)) found.set(name, await prove(name))
const minutes = (performance.now() - startedMs) / 60_000
const proved = names.map(name => found.get(name) as Proved)

const path = values.report ?? `docs/proof/${date.toISOString().slice(0, 10)}.md`
await mkdir(dirname(path), { recursive: true })
await writeFile(path, proofReport(proved, { date, scale, minutes }))
process.stderr.write(`The report is in ${path}\n`)
if (proved.some(({ verdict }) => verdict.kind === 'failed')) process.exitCode = 1

/** Most proofs wait for as long as they compute, so that two at once take little longer than one. */
async function proveWaiting(): Promise<void> {
	for (const name of waiting) found.set(name, await prove(name))
}

async function prove(name: string): Promise<Proved> {
	const { claim } = proofNamed(name)
	process.stderr.write(`${name} …\n`)
	const verdict = await runProof(root, name, scale)
	process.stderr.write(`${name}: ${verdict.kind} after ${Math.round(verdict.seconds)} s\n`)
	if (verdict.kind === 'failed') process.stderr.write(`${verdict.why}\n`)
	return { name, claim, verdict }
}

/** Anything else would prove nothing, and say that it held. */
function scaleFrom(text: string): number {
	const scale = Number(text)
	if (scale > 0 && scale <= 1) return scale
	throw new Error(`--scale is more than 0 and at most 1, not ${text}`)
}
