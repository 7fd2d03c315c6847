import { type ChildProcess, spawn } from 'node:child_process'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export interface RunOptions {
	readonly args: readonly string[]
	/** The largest file that the child may write, in KiB (`ulimit -f` of a bash). */
	readonly fileBlocksLimit?: number
}

export interface Ended {
	readonly status: number | null
	readonly stdout: string
	readonly stderr: string
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Runs a TypeScript file of the project in a process of its own, and waits for its end. */
export async function runTypescript(file: string, options: RunOptions): Promise<Ended> {
	const child = startTypescript(file, options)
	child.stdin?.end()
	const ended = new Promise<number | null>(resolve => child.once('close', resolve))
	const [stdout, stderr] = await Promise.all([textOf(child, 'stdout'), textOf(child, 'stderr')])
	return { status: await ended, stdout, stderr }
}

/** Starts it; whoever asked for it ends it. */
export function startTypescript(file: string, options: RunOptions): ChildProcess {
	const { args, fileBlocksLimit } = options
	const command = [process.execPath, '--import', './test/support/typescript-loader.mjs', file, ...args]
	const limited =
		fileBlocksLimit === undefined ? command : ['bash', '-c', `ulimit -f ${fileBlocksLimit}; exec "$@"`, '-', ...command]
	const [first = '', ...rest] = limited
	return spawn(first, rest, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
}

function textOf(child: ChildProcess, stream: 'stdout' | 'stderr'): Promise<string> {
	const readable = child[stream]
	return readable === null ? Promise.resolve('') : text(readable)
}
