import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import type { Readable } from 'node:stream'

/** What a command cost. */
export interface Cost {
	readonly wallMs: number
	/** User and system; undefined where `/usr/bin/time` is not there. */
	readonly cpuMs: number | undefined
	readonly peakBytes: number | undefined
	/** Null where it was killed. */
	readonly code: number | null
	readonly lines: readonly Line[]
	readonly stderr: string
}

/** A line of standard output, and when it came. */
export interface Line {
	readonly atMs: number
	readonly text: string
}

export interface Call {
	readonly command: readonly string[]
	readonly env: NodeJS.ProcessEnv
	readonly folder: string
	/** Killed after so long. */
	readonly limitMs: number
	/** Where costs may be noted for a moment. */
	readonly notes: string
}

const time = '/usr/bin/time'

/** Runs a command to its end. */
export async function measure({ command, env, folder, limitMs, notes }: Call): Promise<Cost> {
	const timed = existsSync(time) ? [time, '--quiet', '--format', '%U %S %M', '--output', notes] : []
	const [file = '', ...args] = [...timed, ...command]
	const startMs = performance.now()
	// A group of its own, so that what it started dies with it.
	const child = spawn(file, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
	const kill = (): void => {
		if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
	}
	const limit = setTimeout(kill, limitMs)
	// Before those who take away what it writes to.
	process.prependListener('exit', kill)
	const lines = readLines(child.stdout, startMs)
	const stderr = child.stderr.setEncoding('utf8').toArray()
	const { code, wallMs } = await new Promise<{ code: number | null; wallMs: number }>((resolve, reject) => {
		child.once('error', reject)
		child.once('exit', code => resolve({ code, wallMs: performance.now() - startMs }))
	})
	clearTimeout(limit)
	process.off('exit', kill)
	const [userS, systemS, peakKib] = await readNotes(notes)
	return {
		wallMs,
		cpuMs: userS === undefined || systemS === undefined ? undefined : Math.round((userS + systemS) * 1000),
		peakBytes: peakKib === undefined ? undefined : peakKib * 1024,
		code,
		lines: await lines,
		stderr: (await stderr).join('').slice(0, 2000),
	}
}

async function readLines(stream: Readable, startMs: number): Promise<Line[]> {
	const lines: Line[] = []
	let rest = ''
	for await (const part of stream.setEncoding('utf8')) {
		const whole = `${rest}${part}`.split('\n')
		rest = whole.pop() ?? ''
		const atMs = Math.round(performance.now() - startMs)
		lines.push(...whole.map(text => ({ atMs, text })))
	}
	return lines
}

async function readNotes(notes: string): Promise<number[]> {
	const text = await readFile(notes, 'utf8').catch(() => '')
	await rm(notes, { force: true })
	// A command that failed has a line about that before the figures.
	const figures = text.trimEnd().split('\n').at(-1) ?? ''
	return figures === '' ? [] : figures.split(' ').map(Number)
}
