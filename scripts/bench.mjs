// `npm run bench`: skein and its peers on the same work, and what came of what is claimed. Builds what it measures.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { build, install, root } from './prepare.mjs'

const options = process.argv.slice(2)
/** Those compare skein with nothing that has to be installed. */
const needNoPeers = ['--quick', '--check', '--save-baseline', '--list', '--help']

install()
if (!options.includes('--skein')) build()
if (!options.some(option => needNoPeers.includes(option))) installPeers()
const args = ['--import', './test/support/typescript-loader.mjs', 'bench/run.ts', ...options]
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)

/** The programs from npm, into bench/node_modules alone. Without them the others are measured. */
function installPeers() {
	const bench = join(root, 'bench')
	const installed = join(bench, 'node_modules', '.package-lock.json')
	const modified = path => (existsSync(path) ? statSync(path).mtimeMs : 0)
	if (modified(installed) >= modified(join(bench, 'package-lock.json'))) return
	process.stderr.write('bench: installing the peers from npm …\n')
	const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
		cwd: bench,
		stdio: ['ignore', 2, 2],
	})
	if (status !== 0) process.stderr.write('bench: npm ci failed in bench/; what it would install takes no part\n')
}
