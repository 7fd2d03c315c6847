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

/** An interrupt is said once for the run, not once for each file that it stopped. */
export function errorLineOf(outcome: Outcome): string | undefined {
	return outcome.kind === 'failed' && outcome.error.code !== 'E_ABORTED' ? describeError(outcome.error) : undefined
}
