import { redactUrl } from '../../base/redact.ts'
import type { Outcome } from '../../session/session.ts'
import type { Screen } from '../environment.ts'
import { describeError } from './error-line.ts'
import type { Reporter } from './reporter.ts'

/** Errors alone. */
export function createQuietReporter(screen: Screen): Reporter {
	return {
		begun() {},
		told() {},
		ended(outcome) {
			const line = errorLineOf(outcome)
			if (line !== undefined) screen.write(`${line}\n`)
		},
		say() {},
		close() {},
	}
}

/** The line for a file that failed. An interrupt is said once for the run, not once for each file that it stopped. */
export function errorLineOf(outcome: Outcome): string | undefined {
	if (outcome.kind === 'done' || outcome.error.code === 'E_ABORTED') return undefined
	return describeError(outcome.error, redactUrl(outcome.job.url))
}
