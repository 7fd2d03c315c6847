import { spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import type { Verdict } from './contract.ts'

/** An hour: the longest proof takes some ten minutes on two cores, and what takes longer hangs. */
const patienceMs = 3_600_000

/** Runs one proof in a process of its own, in the project at `root`: one that crashes or hangs is a verdict too. */
export async function runProof(root: string, name: string, scale: number): Promise<Verdict> {
	const startedMs = performance.now()
	const loader = join(root, 'test/support/typescript-loader.mjs')
	const args = ['--import', loader, join(root, 'test/proof/one.ts'), name, String(scale)]
	const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: patienceMs })
	const status = new Promise<number | null>(resolve => child.once('close', resolve))
	const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
	const seconds = (performance.now() - startedMs) / 1000
	if ((await status) === 0) return { kind: 'held', figures: JSON.parse(lastLine(stdout)), seconds }
	return { kind: 'failed', why: reasonIn(stderr), seconds }
}

function lastLine(output: string): string {
	return output.trimEnd().split('\n').at(-1) ?? ''
}

/** The error's message, without the source line that Node prints above it. */
function reasonIn(stderr: string): string {
	return /^(?:\w*Error): ([\s\S]*)/m.exec(stderr)?.[1] ?? (stderr.trim() || 'ended without a word')
}
