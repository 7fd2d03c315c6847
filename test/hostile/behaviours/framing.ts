import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { certificates } from '../../support/certificates.ts'
import { cutEvery, together, withoutLength } from '../../support/origin/scripts.ts'
import { elsewhere, toRanges } from '../answers.ts'
import { type Behaviour, body, type Case } from '../catalogue.ts'

const bytes = body.length
const impatient = { retries: 1 }
const small = Buffer.from('what the server has')
const interim = 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n'

/** C. Where the body ends, and in which coding it is. */
export const framing: readonly Behaviour[] = [
	{
		number: 39,
		behaviour: 'A chunked body without its last chunk',
		skein: 'Is incomplete; what came counts where the server does ranges, and the rest is asked for.',
		peers: 'axel and wget2: wrong bytes; the fetch of Node resolves with it.',
		cases: [
			{
				when: 'of the whole',
				origin: () => ({ answer: together(withoutLength('chunked'), cutEvery(400_000)) }),
				options: impatient,
				ends: 'E_TRUNCATED',
			},
			{
				when: 'of the whole, with Connection: close',
				origin: () => ({
					answer: together(withoutLength('chunked'), cutEvery(400_000), () => ({ close: true })),
				}),
				options: impatient,
				ends: 'E_TRUNCATED',
			},
			{
				when: 'of a part, the first time',
				origin: () => ({
					answer: (_, n) => ({
						framing: 'chunked' as const,
						...(n < 3 ? { cut: { at: 60_000, by: 'fin' as const } } : {}),
					}),
				}),
				ends: 'right',
			},
		],
	},
	{
		number: 40,
		behaviour: 'A body that the close of the connection ends, cut by RST',
		skein: 'Is incomplete: E_NETWORK once the retries have run out.',
		peers: 'wget2: wrong bytes; axel appended to it again and again.',
		cases: [
			{
				origin: () => ({ answer: together(withoutLength('close'), cutEvery(400_000, 'rst')) }),
				options: impatient,
				ends: 'E_NETWORK',
			},
		],
	},
	{
		number: 41,
		behaviour: 'The same by TLS, ended without close_notify',
		skein: 'Node does not tell; the file counts and is said to be unverified.',
		peers: 'Node calls it complete.',
		cases: [
			{
				need: 'openssl',
				origin: async () => ({
					tls: await certificates(),
					answer: together(withoutLength('close'), cutEvery(bytes, 'bare-fin')),
				}),
				client: async () => ({ ca: (await certificates()).ca }),
				ends: 'right',
				also: ({ result }) => expect(result?.lengthVerified).toBe(false),
			},
		],
	},
	{
		number: 42,
		behaviour: 'No length, and an honest close',
		skein: 'Finishes and says that the length is unverified; a chunked body verifies it.',
		cases: (['close', 'chunked'] as const).map(kind => ({
			when: kind,
			origin: () => ({ answer: withoutLength(kind) }),
			ends: 'right' as const,
			also: ({ result }) => expect(result?.lengthVerified).toBe(kind === 'chunked'),
		})) satisfies readonly Case[],
	},
	{
		number: 43,
		behaviour: 'A Content-Length that is repeated, garbage, negative or huge',
		skein: 'Refuses it as E_PROTOCOL; a repetition of the same number is one.',
		peers: 'Node refuses the harmless repetition too.',
		cases: [
			...['-5', '19, 20', '0x13', '1e2', '19 19', '', '99999999999999999999'].map(value =>
				whole(`Content-Length: ${value}`, 'E_PROTOCOL'),
			),
			whole('Content-Length: 19\r\nContent-Length: 19', 'right'),
			whole('Content-Length: 19, 19', 'right'),
		],
	},
	{
		number: 44,
		behaviour: 'Transfer-Encoding and Content-Length at once',
		skein: 'Refuses it: one of the two lies (RFC 9112 §6.3).',
		cases: [
			whole('Transfer-Encoding: chunked\r\nContent-Length: 19', 'E_PROTOCOL', `13\r\n${small}\r\n0\r\n\r\n`),
			whole('Transfer-Encoding: gzip, chunked', 'E_PROTOCOL', `13\r\n${small}\r\n0\r\n\r\n`),
		],
	},
	{
		number: 45,
		behaviour: 'Bare line feeds, folded fields, control bytes in the head',
		skein: 'Refuses them.',
		cases: [
			raw('bare LF', `HTTP/1.1 200 OK\nContent-Length: 19\n\n${small}`, 'E_PROTOCOL'),
			whole('Content-Length: 19\r\nX-A: one\r\n two', 'E_PROTOCOL'),
			whole('Content-Length: 19\r\nX-A: one\u0001two', 'E_PROTOCOL'),
			whole('Content-Length : 19', 'E_PROTOCOL'),
			whole('Content-Length: 19\r\nX-A: one\rtwo', 'E_PROTOCOL'),
		],
	},
	{
		number: 46,
		behaviour: 'A large head, or one without end',
		skein: 'Takes up to 64 KiB and refuses more.',
		peers: 'curl CVE-2023-38039.',
		cases: [
			whole(`Content-Length: 19\r\nX-Long: ${'x'.repeat(20_000)}`, 'right', small.toString(), '20 kB'),
			raw('endless', `HTTP/1.1 200 OK\r\n${'X-Long: yes\r\n'.repeat(100_000)}`, 'E_PROTOCOL'),
		],
	},
	{
		number: 47,
		behaviour: 'Interim answers (1xx) without end',
		skein: 'Passes over twenty and refuses more.',
		peers: 'undici fails at fifty, Node takes them.',
		cases: [
			raw('three', `${interim.repeat(3)}HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\n${small}`, 'right'),
			raw('a thousand', interim.repeat(1000), 'E_PROTOCOL'),
			raw('101', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n', 'E_PROTOCOL'),
		],
	},
	{
		number: 48,
		behaviour: 'Something that is not HTTP/1',
		skein: 'Refuses it with the first byte that shows it.',
		cases: [
			raw('HTTP/0.9', '<html>hello</html>', 'E_PROTOCOL'),
			raw('ICY', 'ICY 200 OK\r\nicy-name: radio\r\n\r\nmusic', 'E_PROTOCOL'),
			raw('SSH', 'SSH-2.0-OpenSSH_9.2\r\n', 'E_PROTOCOL'),
			raw('zeros', '\0'.repeat(1000), 'E_PROTOCOL'),
			raw('nothing', '', 'E_NETWORK'),
		],
	},
	{
		number: 49,
		behaviour: 'Content-Encoding on a range',
		skein: 'Refuses it and never decodes; takes the whole where parts come so and the whole does not.',
		peers: 'v86 #919, mediabunny #512 decoded it.',
		cases: [
			{
				origin: () => ({ answer: elsewhere(bytes, () => ({ headers: { 'Content-Encoding': 'gzip' } })) }),
				ends: 'right',
			},
		],
	},
	{
		number: 50,
		behaviour: 'A compressed body that nobody asked for, with the length of the plain one',
		skein: 'Refuses every coding but identity.',
		peers: 'Deno #25992.',
		cases: [
			{
				origin: () => ({
					answer: () => ({
						range: 'ignore',
						body: gzipSync(body),
						headers: { 'Content-Encoding': 'gzip', 'Content-Length': `${bytes}` },
					}),
				}),
				options: impatient,
				ends: 'E_PROTOCOL',
			},
		],
	},
	{
		number: 51,
		behaviour: 'A compression bomb',
		skein: 'Never decodes, so that nothing can grow.',
		peers: 'curl CVE-2022-32206, CVE-2023-23916.',
		cases: [
			{
				origin: () => ({
					answer: () => ({
						range: 'ignore',
						body: gzipSync(Buffer.alloc(50_000_000)),
						headers: { 'Content-Encoding': 'gzip, gzip' },
					}),
				}),
				options: impatient,
				ends: 'E_PROTOCOL',
			},
		],
	},
	{
		number: 52,
		behaviour: 'A body without end',
		skein: 'Stops at the length that was announced, or at the limit that the caller set: E_TOO_LARGE.',
		cases: (['chunked', 'close'] as const).map(kind => ({
			when: kind,
			origin: () => ({ answer: withoutLength(kind), bytesPerSecond: 20e6 }),
			options: { maxBytes: 100_000 },
			ends: 'E_TOO_LARGE' as const,
		})),
	},
	...[
		{ number: 53, behaviour: 'HTTP/2: DATA that differs from content-length', peers: 'undici #5816.' },
		{ number: 54, behaviour: 'HTTP/2: GOAWAY in the middle', peers: 'curl #5611, restic #3439, got #2156.' },
		{ number: 55, behaviour: 'HTTP/2: REFUSED_STREAM', peers: 'curl #804, #12054.' },
	].map(later => ({
		...later,
		skein: 'Cannot be met: skein speaks HTTP/1.1 alone, where one connection carries one stream.',
		cases: [],
	})),
	{
		number: 56,
		behaviour: 'A kept connection is closed just as it is used again',
		skein: 'Asks again on a fresh one at once; it counts as no failure.',
		cases: [
			{
				origin: () => ({ answer: () => ({ close: true, headers: { Connection: 'keep-alive' } }) }),
				ends: 'right',
				also: ({ events }) => expect(events.filter(({ event }) => event === 'retry')).toEqual([]),
			},
		],
	},
	{
		number: 57,
		behaviour: 'An HTTP/1.0 server',
		skein: 'Keeps no connection to it; ranges work.',
		cases: [
			{
				origin: () => ({
					answer: toRanges(bytes, ({ start, end }) => ({
						raw: Buffer.concat([
							Buffer.from(
								`HTTP/1.0 206 Partial Content\r\nDate: ${new Date().toUTCString()}\r\nETag: "v"\r\nContent-Length: ${end - start}\r\nContent-Range: bytes ${start}-${end - 1}/${bytes}\r\n\r\n`,
							),
							body.subarray(start, end),
						]),
					})),
				}),
				ends: 'right',
				also: ({ result }) => expect(result?.connectionsPeak).toBeGreaterThan(1),
			},
		],
	},
	{
		number: 58,
		behaviour: '203, 204, 205 or 304, which nobody asked for',
		skein: 'Takes none of them for the file.',
		cases: [203, 204, 205, 304].map(status => ({
			when: `${status}`,
			origin: () => ({ answer: () => ({ status }) }),
			ends: 'E_HTTP_STATUS' as const,
		})),
	},
]

/** The small file under these fields. */
function whole(fields: string, ends: Case['ends'], content: string = small.toString(), when?: string): Case {
	return raw(when ?? JSON.stringify(fields), `HTTP/1.1 200 OK\r\n${fields}\r\n\r\n${content}`, ends)
}

function raw(when: string, text: string, ends: Case['ends']): Case {
	return {
		when,
		origin: () => ({ body: small, answer: () => ({ raw: Buffer.from(text, 'latin1') }) }),
		options: { retries: 0 },
		ends,
	}
}
