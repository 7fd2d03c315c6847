import { assertNever } from '../base/assert-never.ts'
import { parseCommandLine } from './command-line.ts'
import type { Environment } from './environment.ts'

/* A command is loaded when it is asked for: what the others need would be a third of the time of a small download. */

/** Does what the arguments ask for and resolves with the exit code; throws a `DownloadError` for what ends it before. */
export async function runCommand(args: readonly string[], version: string, environment: Environment): Promise<number> {
	const asked = parseCommandLine(args, version, environment.screen.columns())
	switch (asked.command) {
		case 'get':
			return await (await import('./commands/get.ts')).get(asked.urls, asked.typed, environment)
		case 'probe':
			return await (await import('./commands/probe.ts')).probe(asked.url, asked.typed, environment)
		case 'verify':
			return await (await import('./commands/verify.ts')).verify(asked.file, asked.typed, environment)
		case 'demo':
			return await (await import('./commands/demo/demo.ts')).demo(environment)
		case 'say':
			environment.stdout.write(asked.text)
			return 0
		default:
			return assertNever(asked)
	}
}
