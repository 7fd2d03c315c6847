import { spawn } from 'node:child_process'

/**
 * Runs a command on an open file, which it has as its descriptor 3, for a call that Node does not offer; the number is its
 * exit code, undefined where there is no such command or a signal ended it. Starting it takes 2 to 4 ms.
 */
export function runOn(descriptor: number, command: string, args: readonly string[]): Promise<number | undefined> {
	return new Promise(resolve => {
		const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore', descriptor] })
		child.once('error', () => resolve(undefined))
		child.once('exit', code => resolve(code ?? undefined))
	})
}
