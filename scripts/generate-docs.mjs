// Writes the pages of docs/reference that are made from lists in the code. Needs a build.
import { writeFileSync } from 'node:fs'
import { exitCodesReference, explainReference, optionsReference } from '../dist/cli/reference.js'

const write = (name, text) => writeFileSync(new URL(`../docs/reference/${name}`, import.meta.url), text)

write('options.md', optionsReference())
write('exit-codes.md', exitCodesReference())
write('explain.md', explainReference())
