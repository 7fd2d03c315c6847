import type { Writable } from 'node:stream'
import type { Client } from '../api/client.ts'
import type { ClientOptions } from '../api/options.ts'
import type { Clock } from '../base/clock.ts'
import type { Digest } from '../model/digest.ts'

/** All that a command sees of the process it runs in: the real one in `main.ts`, a stand-in in tests. */
export interface Environment {
	readonly clock: Clock
	/** The working folder; relative paths are relative to it. */
	readonly folder: string
	/** For bytes and for what a program reads. */
	readonly stdout: Writable
	/** Standard error, for what a person reads. */
	readonly screen: Screen
	/** Whether what goes to standard output may be coloured. */
	readonly stdoutColours: boolean
	/** The text of a file; `-` is standard input. */
	readText(path: string): Promise<string>
	createClient(options: ClientOptions): Client
	verifyFile(path: string, checksum: string): Promise<{ readonly bytes: number; readonly digest: Digest }>
	/** From here until `release` the first Ctrl-C aborts instead of killing; `told` hears of it. */
	catchInterrupts(told: () => void): Interrupts
}

export interface Interrupts {
	/** Its reason is a `DownloadError`; `details.signal` names the signal where it was one. */
	readonly signal: AbortSignal
	release(): void
}

export interface Screen {
	write(text: string): void
	/** Whether a cursor can be moved on it. */
	readonly isTerminal: boolean
	readonly colours: boolean
	columns(): number
	rows(): number
}
