// Writes the pages of docs/reference that are made from lists in the code.
import { writeFileSync } from 'node:fs'
import { exitCodesReference, explainReference, optionsReference } from '../src/cli/reference.ts'

const write = (name, text) => writeFileSync(new URL(`../docs/reference/${name}`, import.meta.url), text)

write('options.md', optionsReference())
write('exit-codes.md', exitCodesReference())
write('explain.md', explainReference())
