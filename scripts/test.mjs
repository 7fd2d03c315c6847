// `npm test -- path` runs some tests; without arguments, all.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { build, install, root } from './prepare.mjs'

install()
build()
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
	cwd: root,
	stdio: 'inherit',
})
process.exit(status ?? 1)
