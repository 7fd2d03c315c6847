import { type ChildProcess, spawn } from 'node:child_process'

export interface CommandOptions {
	/** The command has it as its own descriptor 3. */
	readonly descriptor?: number
	/** Then it is killed. @default 10 s: what is done here takes milliseconds, and a command that takes longer hangs. */
	readonly timeoutMs?: number
}

/**
 * Runs a command for a call that Node does not offer, and resolves with its exit code: undefined where it could not be run or a
 * signal ended it. Starting it takes 2 to 4 ms.
 */
export function runCommand(
	command: string,
	args: readonly string[],
	options: CommandOptions = {},
): Promise<number | undefined> {
	return new Promise(resolve => {
		const child = start(command, args, options)
		if (child === undefined) return resolve(undefined)
		child.once('error', () => resolve(undefined))
		child.once('exit', code => resolve(code ?? undefined))
	})
}

/** Node tells of some failures by an event and throws others: ENOMEM, and what a sandbox forbids. */
function start(
	command: string,
	args: readonly string[],
	{ descriptor, timeoutMs = 10_000 }: CommandOptions,
): ChildProcess | undefined {
	const handedOn = descriptor === undefined ? [] : [descriptor]
	try {
		return spawn(command, args, {
			stdio: ['ignore', 'ignore', 'ignore', ...handedOn],
			// Not by `timeout`: where there is no such command, that would keep the process for so long.
			signal: AbortSignal.timeout(timeoutMs),
			killSignal: 'SIGKILL',
		})
	} catch {
		return undefined
	}
}
