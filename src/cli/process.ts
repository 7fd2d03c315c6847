import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { createClient } from '../api/client.ts'
import { systemClock } from '../api/system.ts'
import { verifyFile } from '../api/verify-file.ts'
import { version } from '../api/version.ts'
import { DownloadError, isDownloadError } from '../base/errors.ts'
import type { Environment, Interrupts, Screen } from './environment.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { describeError } from './render/error-line.ts'
import { runCommand } from './run-command.ts'

// The process and nothing else: streams, signals, environment and exit code. All decisions are in the files beside.

const { env, stdout, stderr } = process

const screen: Screen = {
	write: line => stderr.write(line),
	isTerminal: stderr.isTTY === true && env['TERM'] !== 'dumb',
	colours: wantsColours(stderr),
	columns: () => stderr.columns || 80,
	rows: () => stderr.rows || 24,
}

const environment: Environment = {
	clock: systemClock,
	folder: process.cwd(),
	stdout,
	screen,
	stdoutColours: wantsColours(stdout),
	readText: path => (path === '-' ? readStdin() : readFile(path, 'utf8')),
	createClient,
	verifyFile,
	catchInterrupts,
}

/** Aborts what is under way; set while a command catches interrupts. */
let abort: ((reason: DownloadError) => void) | undefined

// Whoever read standard output has gone (`| head`): there is nobody left to tell, and nothing to be said about it.
stdout.on('error', (cause: NodeJS.ErrnoException) => {
	const what = cause.code === 'EPIPE' ? 'was closed by its reader' : `cannot be written to (${cause.code})`
	abort?.(new DownloadError('E_IO', `Standard output ${what}`, { cause }))
})
stderr.on('error', () => {})

/** Does what the arguments of the process ask for. It ends by itself when nothing is left to wait for. */
export async function runProcess(): Promise<void> {
	// For the case that nothing is left before the command has ended: that is a fault of ours.
	process.exitCode = exitCodes.E_INTERNAL
	try {
		process.exitCode = await runCommand(process.argv.slice(2), version, environment)
	} catch (error) {
		if (!isDownloadError(error)) throw error
		screen.write(`${describeError(error)}\n`)
		process.exitCode = exitCodeOf(error)
	}
}

async function readStdin(): Promise<string> {
	const { text } = await import('node:stream/consumers')
	return await text(process.stdin)
}

function wantsColours(stream: NodeJS.WriteStream): boolean {
	return stream.isTTY === true && env['TERM'] !== 'dumb' && !env['NO_COLOR']
}

/** The first signal aborts and lets the command end by itself; the second ends the process where it stands. */
function catchInterrupts(told: () => void): Interrupts {
	const controller = new AbortController()
	abort = reason => controller.abort(reason)
	const interrupt = (signal: NodeJS.Signals): void => {
		const reason = new DownloadError('E_ABORTED', 'Interrupted', { details: { signal } })
		if (controller.signal.aborted) process.exit(exitCodeOf(reason, reason))
		controller.abort(reason)
		told()
	}
	process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
	return {
		signal: controller.signal,
		release() {
			abort = undefined
			process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
		},
	}
}
