import type { Client } from '../../api/client.ts'
import { isDownloadError } from '../../base/errors.ts'
import { type Job, type Outcome, runSession } from '../../session/session.ts'
import { clientOptionsOf } from '../client-options.ts'
import type { Environment } from '../environment.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { type Entry, parseInputFile } from '../input-file.ts'
import { planJobs } from '../job-list.ts'
import { describeError } from '../render/error-line.ts'
import type { DrawExplanation } from '../render/explain.ts'
import { JsonReporter } from '../render/json.ts'
import { PlainReporter } from '../render/plain.ts'
import { createQuietReporter } from '../render/quiet.ts'
import type { Reporter } from '../render/reporter.ts'
import type { Typed } from '../typed.ts'
import { unreadable } from '../unreadable.ts'

/** Downloads what was named and resolves with the exit code; throws before anything is done where it is wrong: E_USAGE, E_UNSAFE_NAME, or what is the matter with a Metalink. */
export async function get(urls: readonly string[], typed: Typed, environment: Environment): Promise<number> {
	const client = environment.createClient(await clientOptionsOf(typed, environment))
	try {
		const jobs = planJobs(await entriesOf(urls, typed, environment, client), typed, environment)
		return await download(jobs, client, typed, environment)
	} finally {
		await client.close()
	}
}

async function entriesOf(
	urls: readonly string[],
	typed: Typed,
	environment: Environment,
	client: Client,
): Promise<readonly Entry[]> {
	const { inputFile, metalink } = typed
	const listed = inputFile === undefined ? [] : await readEntries(inputFile, environment)
	const described =
		metalink === undefined
			? []
			: await (await import('../metalink-entries.ts')).readMetalinkEntries(metalink, typed, environment, client)
	return [...urls.map(url => ({ url })), ...listed, ...described]
}

async function download(jobs: readonly Job[], client: Client, typed: Typed, environment: Environment): Promise<number> {
	const listener = await createReporter(typed, environment, jobs.length)
	const interrupts = environment.catchInterrupts(() => {
		if (!typed.quiet) listener.say('skein: stopping, and keeping the progress … once more stops at once')
	})
	const { filesAtOnce } = typed
	const { signal } = interrupts
	const startMs = environment.clock.now()
	try {
		const outcomes = await runSession(jobs, { client, filesAtOnce, signal, listener })
		listener.close()
		if (listener instanceof JsonReporter) listener.summarize(outcomes, environment.clock.now() - startMs)
		sayInterrupted(outcomes, signal, typed, environment)
		return sessionExitCode(outcomes, signal.reason)
	} finally {
		interrupts.release()
		listener.close()
	}
}

async function readEntries(path: string, environment: Environment): Promise<readonly Entry[]> {
	const name = path === '-' ? 'standard input' : path
	const text = await environment.readText(path).catch(cause => {
		throw unreadable('--input-file', name, cause)
	})
	return parseInputFile(text, name)
}

async function createReporter(typed: Typed, environment: Environment, files: number): Promise<Reporter> {
	const { screen, stdout, folder, clock } = environment
	const { explain } = typed
	if (typed.json) {
		const say = (line: string): void => screen.write(`${line}\n`)
		return new JsonReporter({ event: line => stdout.write(`${line}\n`), say }, clock, explain)
	}
	if (typed.quiet) return createQuietReporter(screen)
	if (screen.isTerminal) {
		const { TerminalReporter } = await import('../render/terminal.ts')
		return new TerminalReporter(screen, folder, clock, files, explain)
	}
	return new PlainReporter(screen, folder, clock, explain ? await loadDrawExplanation() : undefined)
}

/** What fits text into columns is loaded where there are columns: it takes 10 to 30 ms to load. */
async function loadDrawExplanation(): Promise<DrawExplanation> {
	return (await import('../render/explain.ts')).drawExplanation
}

function sayInterrupted(
	outcomes: readonly Outcome[],
	signal: AbortSignal,
	typed: Typed,
	environment: Environment,
): void {
	const stopped = outcomes.some(outcome => outcome.kind === 'failed' && outcome.error.code === 'E_ABORTED')
	if (!stopped || !isDownloadError(signal.reason)) return
	const kept =
		typed.output === '-'
			? 'What standard output got is not the whole file.'
			: 'Run the same command again to go on from what could be kept.'
	const { code, message } = signal.reason
	environment.screen.write(code === 'E_ABORTED' ? `skein: ${message}. ${kept}\n` : `${describeError(signal.reason)}\n`)
}

/** The one of the first file, in the order given, that failed. */
function sessionExitCode(outcomes: readonly Outcome[], reason: unknown): number {
	for (const outcome of outcomes) if (outcome.kind === 'failed') return exitCodeOf(outcome.error, reason)
	return 0
}
