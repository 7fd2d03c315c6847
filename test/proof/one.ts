import process from 'node:process'
import { proofNamed } from './proofs.ts'

/* One proof, for `run-proof.ts`: its figures are the last line of standard output. */

const [name = '', scale = '1'] = process.argv.slice(2)
const figures = await proofNamed(name).run(Number(scale))
process.stdout.write(`\n${JSON.stringify(figures)}\n`, () => process.exit(0))
