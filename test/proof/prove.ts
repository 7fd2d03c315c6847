import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { proofNamed, proofs } from './proofs.ts'
import { type Proved, proofReport } from './report.ts'
import { runProof } from './run-proof.ts'

/*
 * `npm run prove`. `--only a,b` runs some of the proofs, `--scale 0.01` a hundredth of each, `--report path` says where the
 * report goes. It exits with 1 where one of them did not hold.
 */

const { values } = parseArgs({
	options: {
		only: { type: 'string', default: Object.keys(proofs).join(',') },
		scale: { type: 'string', default: '1' },
		report: { type: 'string' },
	},
})

const root = fileURLToPath(new URL('../..', import.meta.url))
const date = new Date()
const scale = Number(values.scale)
const proved: Proved[] = []
for (const name of values.only.split(',')) proved.push(await prove(name))

const path = values.report ?? `docs/proof/${date.toISOString().slice(0, 10)}.md`
await writeFile(path, proofReport(proved, { date, scale }))
process.stderr.write(`The report is in ${path}\n`)
if (proved.some(({ verdict }) => verdict.kind === 'failed')) process.exitCode = 1

async function prove(name: string): Promise<Proved> {
	const { claim } = proofNamed(name)
	process.stderr.write(`${name} …`)
	const verdict = await runProof(root, name, scale)
	process.stderr.write(` ${verdict.kind} after ${Math.round(verdict.seconds)} s\n`)
	if (verdict.kind === 'failed') process.stderr.write(`${verdict.why}\n`)
	return { name, claim, verdict }
}
