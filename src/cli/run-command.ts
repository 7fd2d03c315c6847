import { assertNever } from '../base/assert-never.ts'
import { parseCommandLine } from './command-line.ts'
import { demo } from './commands/demo/demo.ts'
import { get } from './commands/get.ts'
import { probe } from './commands/probe.ts'
import { verify } from './commands/verify.ts'
import type { Environment } from './environment.ts'

/** Does what the arguments ask for and resolves with the exit code; throws a `DownloadError` for what ends it before. */
export async function runCommand(args: readonly string[], version: string, environment: Environment): Promise<number> {
	const asked = parseCommandLine(args, version, environment.screen.columns())
	switch (asked.command) {
		case 'get':
			return await get(asked.urls, asked.typed, environment)
		case 'probe':
			return await probe(asked.url, asked.typed, environment)
		case 'verify':
			return await verify(asked.file, asked.typed, environment)
		case 'demo':
			return await demo(environment)
		case 'say':
			environment.stdout.write(asked.text)
			return 0
		default:
			return assertNever(asked)
	}
}
