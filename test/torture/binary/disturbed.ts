import { setTimeout as wait } from 'node:timers/promises'
import type { Origin } from '../../support/origin.ts'
import { type CliResult, startCli } from '../../support/run-cli.ts'

/** Runs the command, and does something to the machine when the origin has sent so many bytes. */
export async function disturbed(
	origin: Origin,
	args: readonly string[],
	afterBytes: number,
	disturb: () => Promise<unknown>,
): Promise<CliResult> {
	await using running = startCli([origin.url(), ...args, '--json'])
	while (origin.bytesSent < afterBytes) {
		if (running.child.exitCode !== null) break
		await wait(5)
	}
	await disturb()
	return await running.result
}
