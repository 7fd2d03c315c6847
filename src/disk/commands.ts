import { type ChildProcess, spawn } from 'node:child_process'
import type { Clock } from '../base/clock.ts'

/** What is done here takes milliseconds: a command that takes longer hangs. */
const timeoutMs = 5000

/** Runs commands for calls that Node does not offer. Starting one takes 2 to 4 ms. */
export class Commands {
	readonly #clock: Pick<Clock, 'after'> | undefined

	/** Without a clock nothing is known of how long a command takes, and it is waited for. */
	constructor(clock: Pick<Clock, 'after'> | undefined) {
		this.#clock = clock
	}

	/**
	 * Resolves with the exit code: undefined where the command could not be run or a signal ended it. `descriptor` is one of
	 * ours, which the command has as its 3.
	 */
	run(command: string, args: readonly string[], descriptor?: number): Promise<number | undefined> {
		return new Promise(resolve => {
			const child = start(command, args, descriptor)
			if (child === undefined) return resolve(undefined)
			const killing = this.#clock?.after(timeoutMs, () => child.kill('SIGKILL'), { background: true })
			const end = (code: number | null): void => {
				killing?.stop()
				resolve(code ?? undefined)
			}
			child.once('error', () => end(null))
			child.once('exit', end)
		})
	}
}

/** Node tells of some failures by an event and throws others: ENOMEM, and what a sandbox forbids. */
function start(command: string, args: readonly string[], descriptor: number | undefined): ChildProcess | undefined {
	const handedOn = descriptor === undefined ? [] : [descriptor]
	try {
		return spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore', ...handedOn] })
	} catch {
		return undefined
	}
}
