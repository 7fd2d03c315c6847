// `npm run bench`: skein and its peers on the same work, and what came of what is claimed. Builds what it measures.
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { build, install, root } from './prepare.mjs'

install()
const options = process.argv.slice(2)
if (!options.includes('--skein')) build()
const args = ['--import', './test/support/typescript-loader.mjs', 'bench/run.ts', ...options]
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
