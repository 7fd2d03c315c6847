// `node --import ./test/support/typescript-loader.mjs test/control/write-figures.ts`: the figures of docs/design/connections.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { courses, figuresTable } from './figures.ts'
import { drawSheet } from './sheet.ts'

const begin = '<!-- figures: test/control/write-figures.ts -->\n'
const end = '<!-- end of figures -->'

const page = new URL('../../docs/design/connections.md', import.meta.url)
const text = readFileSync(page, 'utf8')
const [before, after] = [text.indexOf(begin) + begin.length, text.indexOf(end)]
if (before < begin.length || after < before) throw new Error(`${page.pathname} has no place for the figures`)
writeFileSync(page, `${text.slice(0, before)}\n${figuresTable()}\n${text.slice(after)}`)
writeFileSync(new URL('../../docs/design/connections.svg', import.meta.url), drawSheet(courses()))
