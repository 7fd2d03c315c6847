import { join } from 'node:path'
import { DownloadError } from '../../src/base/errors.ts'
import { describeError } from '../../src/cli/render/error-line.ts'
import { JsonReporter, jsonLine } from '../../src/cli/render/json.ts'
import { describeOffer, offerFields } from '../../src/cli/render/offer.ts'
import { PlainReporter } from '../../src/cli/render/plain.ts'
import { createQuietReporter } from '../../src/cli/render/quiet.ts'
import type { Reporter } from '../../src/cli/render/reporter.ts'
import { TerminalReporter } from '../../src/cli/render/terminal.ts'
import type { Job } from '../../src/session/session.ts'
import { FakeScreen } from '../cli/fake-environment.ts'
import { aProbedEvent, aResult, aSnapshot } from '../session/fake-client.ts'
import { FakeClock } from '../support/fake-clock.ts'

const folder = '/home/me'

/** All that the command writes about a file of this name, and about one that failed because of it: on each kind of output. */
export async function printed(name: string): Promise<Readonly<Record<string, string>>> {
	const lines: string[] = []
	const output = { event: (line: string) => lines.push(line), say: (line: string) => lines.push(line) }
	const terminal = new FakeScreen({ isTerminal: true, columns: 60 })
	const plain = new FakeScreen()
	const quiet = new FakeScreen()
	await play(name, clock => new TerminalReporter(terminal, folder, clock, 2))
	await play(name, clock => new PlainReporter(plain, folder, clock), 5000)
	await play(name, clock => new JsonReporter(output, clock))
	await play(name, () => createQuietReporter(quiet))
	const offer = offered(name)
	return {
		terminal: terminal.written,
		plain: plain.written,
		json: lines.join('\n'),
		quiet: quiet.written,
		probe: describeOffer(offer).join('\n'),
		'probe --json': jsonLine(offerFields(1, offer)),
		usage: describeError(new DownloadError('E_UNSAFE_NAME', `The name \`${name}\` climbs`, { hint: `Not ${name}.` })),
	}
}

/** What acts on a terminal, where the renderer did not mean to; undefined where nothing does. */
export function unescapedIn(text: string): string | undefined {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: what the live block writes
	const ownMoves = /\r\u001b\[\d+A|\u001b\[[JK]|\n/g
	return /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Surrogate}]/u.exec(text.replace(ownMoves, ''))?.[0]
}

async function play(name: string, create: (clock: FakeClock) => Reporter, untilProgressMs = 250): Promise<void> {
	const clock = new FakeClock()
	const reporter = create(clock)
	const job: Job = {
		id: 1,
		url: new URL(`http://host/${encodeURIComponent(Buffer.from(name).toString())}`),
		options: {},
	}
	const path = join(folder, name)
	reporter.begun(job, { snapshot: aSnapshot })
	reporter.told(job, { ...aProbedEvent, url: `http://host/${name}`, path })
	reporter.told(job, { event: 'notice', message: `${path}.part has no journal: moved to ${path}.part.orphan` })
	reporter.told(job, { event: 'retry', code: 'E_NETWORK', delayMs: 1, attempt: 1, message: name })
	await clock.advance(untilProgressMs)
	reporter.ended({ kind: 'done', job, result: aResult({ path, verdict: { bottleneck: 'line', text: name } }) })
	reporter.ended({ kind: 'failed', job, error: new DownloadError('E_EXISTS', `Cannot write ${path}`, { hint: name }) })
	reporter.close()
}

function offered(name: string): Parameters<typeof describeOffer>[0] {
	return {
		...{ url: `http://host/${name}`, path: null, bytes: 1, ranges: true, validator: 'etag', resumedFrom: 0 },
		...{
			name,
			redirects: [name],
			digests: [],
			mirrors: [name],
			etag: `"${name}"`,
			lastModified: name,
			contentType: name,
		},
	}
}
