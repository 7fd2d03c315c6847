// `npm run simulate -- --seed 7`: a download under everything that can go wrong, in virtual time. See docs/design/simulation.md.
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { install, root } from './prepare.mjs'

install()
const args = [
	'--import',
	'./test/support/typescript-loader.mjs',
	'test/simulation/command.ts',
	...process.argv.slice(2),
]
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
