import type { SessionListener } from '../../session/session.ts'

/** Shows a run of `get` in one of its forms: terminal, plain, JSON, or errors alone. */
export interface Reporter extends SessionListener {
	/** A line about the run itself. */
	say(line: string): void
	/** Stops every timer and takes away what does not stay. Idempotent. */
	close(): void
}
