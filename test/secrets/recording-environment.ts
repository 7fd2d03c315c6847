import { readFile } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { createClient } from '../../src/api/client.ts'
import { systemClock } from '../../src/api/system.ts'
import { verifyFile } from '../../src/api/verify-file.ts'
import { isDownloadError } from '../../src/base/errors.ts'
import type { Environment, Interrupts } from '../../src/cli/environment.ts'
import { describeError } from '../../src/cli/render/error-line.ts'
import { runCommand } from '../../src/cli/run-command.ts'
import { FakeScreen } from '../cli/fake-environment.ts'

/** What a command wrote, all of it. */
export interface Said {
	readonly stdout: string
	readonly screen: string
}

/** Runs the command in this process: the real client, clock and files, and outputs that keep what they are given. */
export async function said(args: readonly string[], folder: string, isTerminal: boolean): Promise<Said> {
	const environment = new RecordingEnvironment(folder, isTerminal)
	try {
		await runCommand(args, '0.0.0', environment)
	} catch (error) {
		if (!isDownloadError(error)) throw error
		environment.screen.write(`${describeError(error)}\n`)
	}
	return { stdout: environment.out, screen: environment.screen.written }
}

class RecordingEnvironment implements Environment {
	readonly clock: Environment['clock'] = systemClock
	readonly folder: string
	readonly screen: FakeScreen
	readonly stdoutColours = false
	out = ''
	readonly stdout: Writable = new Writable({
		write: (chunk, _encoding, done) => {
			this.out += chunk
			done()
		},
	})
	readonly createClient: typeof createClient = createClient
	readonly verifyFile: typeof verifyFile = verifyFile

	constructor(folder: string, isTerminal: boolean) {
		this.folder = folder
		this.screen = new FakeScreen({ isTerminal })
	}

	readText(path: string): Promise<string> {
		return readFile(path, 'utf8')
	}

	catchInterrupts(): Interrupts {
		return { signal: new AbortController().signal, release: () => {} }
	}
}
