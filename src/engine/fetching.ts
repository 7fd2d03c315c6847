import type { ClimbFacts } from '../control/connections.ts'
import type { DownloadSpec } from './spec.ts'

/** What brings the bytes that are missing into the sink, and what is told of it in the end. */
export interface Fetching<Left = void> {
	/**
	 * Resolves when every byte is written, or with what is left to others; rejects with what ended it, after all that was
	 * started has ended.
	 */
	run(): Promise<Left>
	/** Saves what came, for a later run. */
	save(): Promise<void>
	pause(): void
	resume(): void
	setConnections(connections: DownloadSpec['connections']): void
	/** Connections that are open for it now. */
	readonly connections: number
	readonly paused: boolean
	/** Whether it was known how long the file is before it ended. */
	readonly lengthVerified: boolean
	/** What the climb of `auto` has found; undefined where the number was given. */
	readonly climb: ClimbFacts | undefined
	/** Segments that lanes took from each other. */
	readonly stolen: number
	/** Whether bytes of several sources are in the file, of this run or of one before. */
	readonly mixed: boolean
	/** The source that it began with, and those that were given up on the way: whoever goes on asks others first. */
	readonly worn: readonly number[]
}
