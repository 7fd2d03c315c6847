import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

/** What the command asks of the system about its own files. */
const calls = 'openat,statx,statfs,readlink,pread64,pwrite64,ftruncate,fchmod,fdatasync,fsync,close,rename,link,unlink'

/** The k-th of one call fails with `fault`, or ends the process, before it does anything. */
export interface Injection {
	readonly call: string
	readonly when: number
	readonly fault: 'EIO' | 'ENOSPC' | 'EPERM' | 'SIGKILL'
}

/** A run under strace takes a second or two. */
const hangsAfterMs = 60_000

export interface TracedRun {
	/** Null where a signal ended it. */
	readonly code: number | null
	readonly stdout: string
	readonly stderr: string
}

/** Runs the command and counts its calls on files in `folder`. */
export async function countCalls(args: readonly string[], folder: string, log: string): Promise<Map<string, number>> {
	const { code, stderr } = await traced(['-e', `trace=${calls}`, '-o', log], args, folder)
	if (code !== 0) throw new Error(`strace ended with ${code}: ${stderr}`)
	const counts = new Map<string, number>()
	for (const [, call = ''] of (await readFile(log, 'latin1')).matchAll(/^\d+ +([a-z0-9]+)\(/gm)) {
		counts.set(call, (counts.get(call) ?? 0) + 1)
	}
	return counts
}

/** Runs the command with one of its calls failing. */
export function runInjected(args: readonly string[], folder: string, injection: Injection): Promise<TracedRun> {
	const { call, when, fault } = injection
	const how = fault === 'SIGKILL' ? 'signal=SIGKILL' : `error=${fault}`
	const tracing = ['-e', `trace=${call}`, '-e', `inject=${call}:${how}:when=${when}`, '-o', '/dev/null']
	return traced(tracing, args, folder)
}

/**
 * strace counts for each thread: with one thread for files, the k-th call is the k-th of the process. Its
 * `--seccomp-bpf` would be faster, and sends no signal but with the first call.
 */
function traced(tracing: readonly string[], args: readonly string[], folder: string): Promise<TracedRun> {
	const names = ['', 'file.bin', 'file.bin.part', 'file.bin.part.journal', 'file.bin.part.journal.new']
	const paths = names.flatMap(name => ['-P', join(folder, name)])
	const command = ['-f', '-qq', ...paths, ...tracing, process.execPath, main, ...args]
	const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }
	return new Promise((resolve, reject) => {
		const child = execFile('strace', command, { env, timeout: hangsAfterMs }, (error, stdout, stderr) => {
			if (error?.killed === true) reject(new Error(`It hung:\n${stdout}${stderr}`))
			else if (typeof error?.code === 'string') reject(error)
			else resolve({ code: child.exitCode, stdout, stderr })
		})
	})
}
