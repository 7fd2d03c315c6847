import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export interface CliOptions {
	/** Default: this process's. */
	readonly cwd?: string
	/** Set beside this process's own; undefined takes a variable away. */
	readonly env?: Readonly<Record<string, string | undefined>>
	/** What standard input holds. Default: nothing. */
	readonly input?: string | Uint8Array
	/** Kills and rejects after so long: it hangs. Default 30 s. */
	readonly timeoutMs?: number
	/** Sends `killSignal` after so long, and reports what came of it. */
	readonly killAfterMs?: number
	/** Default SIGKILL. */
	readonly killSignal?: NodeJS.Signals
	/** Options for Node itself. */
	readonly nodeArgs?: readonly string[]
}

export interface CliResult {
	/** Null where a signal ended it. */
	readonly code: number | null
	readonly signal: NodeJS.Signals | null
	readonly stdout: string
	/** Standard output as bytes, for a file that was written there. */
	readonly stdoutBytes: Buffer
	readonly stderr: string
}

export interface RunningCli extends AsyncDisposable {
	readonly child: ChildProcessByStdio<Writable, Readable, Readable>
	/** Settles when the process is gone and all that it wrote is read. Rejects when it took longer than `timeoutMs`. */
	readonly result: Promise<CliResult>
	/** What it wrote so far. */
	readonly stdout: string
	readonly stderr: string
}

/** Runs the built command to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
	return startCli(args, options).result
}

/** Starts the built command; at the end of an `await using` it is killed if it still runs. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
	if (!existsSync(main)) throw new Error('dist/cli/main.js is missing: run `npm run build`, or `npm test`, which does')
	return startScript(main, args, options)
}

/** The same for any script that Node can run as it is. */
export function startScript(script: string, args: readonly string[], options: CliOptions = {}): RunningCli {
	const child = spawn(process.execPath, [...(options.nodeArgs ?? []), script, ...args], {
		cwd: options.cwd,
		env: { ...process.env, ...options.env },
		stdio: 'pipe',
	})
	// A command that ends before it has read its input is no fault of the test.
	child.stdin.on('error', () => {}).end(options.input ?? '')
	const stdout = collect(child.stdout)
	const stderr = collect(child.stderr)
	const result = resultOf(child, stdout, stderr, [script, ...args].join(' '), options)
	return {
		child,
		result,
		get stdout() {
			return textOf(stdout)
		},
		get stderr() {
			return textOf(stderr)
		},
		async [Symbol.asyncDispose]() {
			child.kill('SIGKILL')
			await result.catch(() => {})
		},
	}
}

function resultOf(
	child: RunningCli['child'],
	stdout: readonly Buffer[],
	stderr: readonly Buffer[],
	command: string,
	{ timeoutMs = 30_000, killAfterMs, killSignal = 'SIGKILL' }: CliOptions,
): Promise<CliResult> {
	return new Promise((resolve, reject) => {
		let hung = false
		const timeout = setTimeout(() => {
			hung = true
			child.kill('SIGKILL')
		}, timeoutMs)
		const kill = killAfterMs === undefined ? undefined : setTimeout(() => child.kill(killSignal), killAfterMs)
		child.once('error', reject)
		child.once('close', (code, signal) => {
			clearTimeout(timeout)
			clearTimeout(kill)
			const said = { stdout: textOf(stdout), stdoutBytes: Buffer.concat(stdout), stderr: textOf(stderr) }
			if (hung) reject(new Error(`${command} did not end in ${timeoutMs} ms; it said:\n${said.stdout}${said.stderr}`))
			else resolve({ code, signal, ...said })
		})
	})
}

function collect(stream: Readable): Buffer[] {
	const parts: Buffer[] = []
	stream.on('data', (part: Buffer) => parts.push(part))
	return parts
}

function textOf(parts: readonly Buffer[]): string {
	return Buffer.concat(parts).toString('utf8')
}
