import { Writable } from 'node:stream'
import type { ClientOptions } from '../../src/api/options.ts'
import { DownloadError } from '../../src/base/errors.ts'
import type { Environment, Interrupts, Screen } from '../../src/cli/environment.ts'
import type { Digest } from '../../src/model/digest.ts'
import { FakeClient } from '../session/fake-client.ts'
import { FakeClock } from '../support/fake-clock.ts'

interface ScreenShape {
	readonly isTerminal?: boolean
	readonly columns?: number
	readonly rows?: number
}

/** A terminal as far as the renderers need one: lines, the cursor moved up, and erasing. */
export class FakeScreen implements Screen {
	written = ''
	readonly size: { columns: number; rows: number }
	readonly isTerminal: boolean
	readonly colours = false

	constructor({ isTerminal = false, columns = 80, rows = 24 }: ScreenShape = {}) {
		this.isTerminal = isTerminal
		this.size = { columns, rows }
	}

	write(text: string): void {
		this.written += text
	}

	columns(): number {
		return this.size.columns
	}

	rows(): number {
		return this.size.rows
	}

	/** What can be seen, without the empty line of the cursor. */
	lines(): readonly string[] {
		const lines: string[] = ['']
		let row = 0
		// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is moved by them.
		for (const [, up, erase, text] of this.written.matchAll(/\u001b\[(\d+)A|\u001b\[([JK])|([^\u001b\r\n]+|[\r\n])/g)) {
			if (up !== undefined) row -= Number(up)
			else if (erase === 'J') lines.splice(row)
			else if (text === '\n') row += 1
			else if (text !== undefined && text !== '\r') lines[row] = text
			lines[row] ??= ''
		}
		return lines.slice(0, -1)
	}
}

/** The process as a test wants it. */
export class FakeEnvironment implements Environment {
	readonly clock: FakeClock = new FakeClock()
	readonly folder = '/home/me'
	readonly screen: FakeScreen
	readonly stdoutColours = false
	readonly client: FakeClient = new FakeClient()
	readonly files: Map<string, string> = new Map()
	clientOptions: ClientOptions | undefined
	out = ''
	readonly stdout: Writable = new Writable({
		write: (chunk, _encoding, done) => {
			this.out += chunk
			done()
		},
	})
	#controller: AbortController | undefined
	#told: () => void = () => {}

	constructor(screen: FakeScreen = new FakeScreen()) {
		this.screen = screen
	}

	/** Whether something listens for signals. */
	get catching(): boolean {
		return this.#controller !== undefined
	}

	interrupt(signal: 'SIGINT' | 'SIGTERM'): void {
		this.#controller?.abort(new DownloadError('E_ABORTED', 'Interrupted', { details: { signal } }))
		this.#told()
	}

	async readText(path: string): Promise<string> {
		const text = this.files.get(path)
		if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
		return text
	}

	createClient(options: ClientOptions): FakeClient {
		this.clientOptions = options
		return this.client
	}

	async verifyFile(path: string, checksum: string): Promise<{ bytes: number; digest: Digest }> {
		if (checksum === 'md5=bad') throw new DownloadError('E_CHECKSUM', `${path} is another file`)
		return { bytes: 2048, digest: { algorithm: 'md5', value: '00', source: 'caller' } }
	}

	catchInterrupts(told: () => void): Interrupts {
		const controller = new AbortController()
		this.#controller = controller
		this.#told = told
		return {
			signal: controller.signal,
			release: () => {
				this.#controller = undefined
			},
		}
	}
}
