// Installs and builds what is missing, so that the first command after a clone just works. Node's own modules only.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const installed = join(root, 'node_modules', '.skein-installed')
const built = join(root, 'dist', 'cli', 'main.js')

const modified = path => (existsSync(path) ? statSync(path).mtimeMs : 0)

function newest(folder) {
	const entries = readdirSync(folder, { recursive: true }).map(name => modified(join(folder, name)))
	return Math.max(modified(folder), ...entries)
}

/** Output goes to standard error: standard output may be the file that is being downloaded. */
function run(what, command, args) {
	process.stderr.write(`skein: ${what}\n`)
	const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
	if (error !== undefined || status !== 0) {
		process.stderr.write(`skein: ${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}\n`)
		process.exit(1)
	}
}

/** `npm install` and not `npm ci`: a lock file made where a package for another platform was not to be had lacks it. */
export function install() {
	const wanted = Math.max(modified(join(root, 'package.json')), modified(join(root, 'package-lock.json')))
	if (modified(installed) >= wanted) return
	run('installing what is missing …', 'npm', ['install', '--no-save', '--loglevel=error'])
	writeFileSync(installed, '')
}

export function build() {
	const made = ['package.json', 'tsconfig.build.json', 'scripts/bundle.mjs'].map(name => modified(join(root, name)))
	const wanted = Math.max(newest(join(root, 'src')), ...made)
	if (modified(built) < wanted) buildAnew()
}

/** The library by tsc, then the command. From nothing, so that what was deleted from the sources is not published. */
export function buildAnew() {
	rmSync(join(root, 'dist'), { recursive: true, force: true })
	run('building …', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'])
	run('bundling …', process.execPath, [join(root, 'scripts/bundle.mjs')])
}
