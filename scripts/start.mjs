// `npm start -- URL…` is `skein URL…`; `npm start` alone is `skein demo`.
import process from 'node:process'
import { build, install } from './prepare.mjs'

install()
build()
if (process.argv.length === 2) process.argv.push('demo')
// In this very process: killing it stops everything.
await import('../dist/cli/main.js')
