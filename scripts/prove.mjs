// `npm run prove`: the long form of what `npm test` runs a slice of, and a report in docs/proof/.
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { build, install, root } from './prepare.mjs'

install()
build()
const args = ['--import', './test/support/typescript-loader.mjs', 'test/proof/prove.ts', ...process.argv.slice(2)]
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
