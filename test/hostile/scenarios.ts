import { pseudoRandom } from '../support/body.ts'
import { capConnections, cutEvery, forPath, ignoreRanges, together } from '../support/origin/scripts.ts'
import type { Answer, Content, Script } from '../support/origin.ts'
import { elsewhere, gzipIfWelcome, multipart, pageInsteadOfFile, toRanges } from './answers.ts'
import type { Behaviour, Ending } from './catalogue.ts'

const bytes = 8 * 1024 * 1024
const version1 = {
	body: pseudoRandom(bytes),
	etag: '"v1"',
	lastModified: 'Tue, 01 Feb 2022 10:00:00 GMT',
}
const version2 = {
	body: pseudoRandom(bytes, 2),
	etag: '"v2"',
	lastModified: 'Wed, 02 Feb 2022 10:00:00 GMT',
}

const outcomes = { r: 'right bytes', w: '**wrong bytes, exit 0**', h: 'hung', e: 'error', n: 'exit 0, no file' }
const programs = ['aria2', 'axel', 'wget2', 'ipull', 'easydl']

/** The scenarios in which nine programs were compared: one file of 8 MiB, four connections. */
export const scenarios: readonly Behaviour[] = [
	scenario('ok: behaves', 'rrrrr', 'right', undefined),
	scenario('ignore-range: 200 with the whole file to every request', 'rrhee', 'right', ignoreRanges()),
	scenario(
		'ignore-late: 206 at offset 0, 200 elsewhere',
		'rwhee',
		'right',
		late(() => ({ range: 'ignore' })),
	),
	scenario(
		'shift-cr: elsewhere a true 206 of a range 1,000 bytes earlier',
		'rwwww',
		'right',
		late(({ start, end }) => ({ range: { start: Math.max(0, start - 1000), end: end - 1000 } })),
	),
	scenario('cr-zero: elsewhere a true 206 from offset 0', 'rwwww', 'right', late(fromZero)),
	scenario(
		'no-cr: elsewhere 206 without Content-Range, bytes from 0',
		'rwwww',
		'right',
		late(asked => ({ ...fromZero(asked), contentRange: null })),
	),
	scenario(
		'no-cr-chunked: the same, chunked',
		'rwwew',
		'right',
		late(asked => ({ ...fromZero(asked), contentRange: null, framing: 'chunked' })),
	),
	scenario(
		'wrong-cr-chunked: elsewhere a chunked 206 with Content-Range from 0',
		'rwwww',
		'right',
		late(asked => ({ ...fromZero(asked), framing: 'chunked' })),
	),
	scenario(
		'change-etag: offset 0 is always version 1, elsewhere is version 2',
		'wwwww',
		['right', 'E_CHANGED'],
		late(() => ({ version: 1 })),
		{ body: [version1, version2] },
	),
	scenario(
		'change-noval: the same without ETag, If-Range ignored',
		'wwwww',
		['right', 'E_CHANGED'],
		late(range => ({ version: 1, range })),
		{ body: [withoutEtag(version1), withoutEtag(version2)] },
	),
	scenario(
		'total-change: elsewhere version 2 with another total',
		'rwwww',
		['right', 'E_CHANGED'],
		late(range => ({ version: 1, range })),
		{ body: [version1, { ...version2, body: pseudoRandom(bytes + 1000, 2) }] },
	),
	scenario('trunc: every body is cut after 300,000 bytes', 'rrhhe', 'right', cutEvery(300_000)),
	scenario(
		'trunc-chunked-close: the same, chunked with Connection: close',
		'ewhne',
		['right', 'E_TRUNCATED'],
		together(cutEvery(300_000), () => ({ framing: 'chunked', close: true })),
	),
	scenario(
		'chunked-200-trunc: 200, chunked, closed after 3,000,000 bytes without the last chunk',
		'ewwne',
		'E_TRUNCATED',
		together(ignoreRanges(), cutEvery(3_000_000), () => ({ framing: 'chunked' })),
	),
	scenario(
		'nolen-200-rst: 200 without length, 3,000,000 bytes, then RST',
		'ehwne',
		'E_NETWORK',
		together(ignoreRanges(), cutEvery(3_000_000, 'rst'), () => ({ framing: 'close' })),
	),
	scenario(
		'html-200: elsewhere 200 with a login page',
		'rhhee',
		'right',
		late(() => pageInsteadOfFile),
	),
	scenario(
		'html-206: elsewhere 206 with the right Content-Range and a page of 22 bytes',
		'hhhhe',
		'right',
		late(() => ({ body: '<html>slow down</html>' })),
	),
	scenario(
		'overlong: the body runs on past the asked end',
		'rrhre',
		'right',
		late(({ start }) => ({ range: { start, end: bytes } })),
	),
	scenario('max2: a third connection gets 503 with Retry-After: 1', 'rrrrr', 'right', retryAfterOneSecond()),
	scenario('head-405: HEAD is refused', 'rrere', 'right', toHead({ status: 405 }), { avoided: true }),
	scenario(
		'head-lies: HEAD says 100,000 bytes fewer',
		'rrwrw',
		'right',
		toHead({ headers: { 'Content-Length': `${bytes - 100_000}` } }),
		{ avoided: true },
	),
	scenario(
		'multipart: elsewhere multipart/byteranges of one part',
		'rwhee',
		'right',
		late(asked => multipart(version1.body, asked)),
	),
	scenario(
		'mirrors: each request is redirected to one of two addresses that hold different versions',
		'wrrwe',
		'right',
		together(
			redirectInTurn('/a', '/b'),
			forPath('/b', () => ({ version: 1 })),
		),
		{ body: [version1, version2], content: [version1.body, version2.body] },
	),
	scenario('cr-on-200: 200 with 1 MiB and a Content-Range', 'ehwwe', 'E_PROTOCOL', () => ({
		status: 200,
		contentRange: `bytes 0-1048575/${bytes}`,
		body: version1.body.subarray(0, 1024 * 1024),
	})),
	scenario(
		'short-206: 206 with at most 100,000 bytes of what was asked',
		'rhhee',
		'right',
		toRanges(bytes, ({ start, end }) => ({ range: { start, end: Math.min(end, start + 100_000) } })),
	),
	scenario(
		'gzip: compressed if the client says that it takes it, ranges of those bytes',
		'rrhrr',
		'right',
		gzipIfWelcome(version1.body),
		{ avoided: true },
	),
]

interface Details {
	readonly body?: readonly Content[]
	readonly content?: readonly Uint8Array[]
	readonly avoided?: true
}

/** `peers`: one letter for each program. */
function scenario(
	behaviour: string,
	peers: string,
	ends: Ending | readonly Ending[],
	answer: Script | undefined,
	{ body = [version1], content = [version1.body], ...more }: Details = {},
): Behaviour {
	const origin = () => ({ body, bytesPerSecond: 16e6, ...(answer === undefined ? {} : { answer }) })
	return { behaviour, peers: fates(peers), cases: [{ origin, options: { retries: 2 }, ends, content, ...more }] }
}

function fates(letters: string): string {
	const grouped = Object.entries(outcomes).flatMap(([letter, what]) => {
		const those = programs.filter((_, index) => letters[index] === letter)
		return those.length === 0 ? [] : [`${what}: ${those.join(', ')}`]
	})
	return grouped.join('; ')
}

function late(answer: Parameters<typeof elsewhere>[1]): Script {
	return elsewhere(bytes, answer)
}

function fromZero({ start, end }: { readonly start: number; readonly end: number }): Answer {
	return { range: { start: 0, end: end - start } }
}

function withoutEtag(version: typeof version1): Content {
	return { ...version, etag: null }
}

function retryAfterOneSecond(): Script {
	const capped = capConnections(2, '503')
	return (request, n) => {
		const refusal = capped(request, n)
		return refusal === undefined ? undefined : { ...refusal, headers: { 'Retry-After': '1' } }
	}
}

function toHead(answer: Answer): Script {
	return ({ method }) => (method === 'HEAD' ? answer : undefined)
}

function redirectInTurn(...paths: readonly [string, string]): Script {
	let turn = 0
	return forPath('/file.bin', () => ({ redirect: paths[turn++ % 2] as string }))
}
