import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { sha256 } from '../../support/body.ts'
import { ignoreRanges } from '../../support/origin/scripts.ts'
import type { Answer } from '../../support/origin.ts'
import { elsewhere, gzipIfWelcome, loginPage, multipart, toRanges } from '../answers.ts'
import { type Behaviour, type Bench, body, type Outcome, otherBody } from '../catalogue.ts'

const bytes = body.length
const boundary = 2 ** 19
const threeGb = 3_000_000_000

/** From 0, whatever was asked for: who believes the question instead of the answer writes wrong bytes. */
const withoutContentRange = ({ start, end }: { readonly start: number; readonly end: number }): Answer => ({
	range: { start: 0, end: end - start },
	contentRange: null,
})

/** Ranges are in use: more than one lane received, and hardly a byte came twice. */
function inParallel({ result }: Outcome): void {
	expect(result?.connectionsPeak).toBeGreaterThan(1)
	expect(result?.bytesReceived).toBeLessThan(1.5 * bytes)
}

/** The whole was asked for without a range, once, after the part was refused. */
function askedForTheWhole(_: Outcome, { origin }: Bench): void {
	expect(origin.requests.map(({ range }) => range === undefined)).toEqual([false, true])
}

/** A. What servers make of Range. */
export const ranges: readonly Behaviour[] = [
	{
		number: 1,
		behaviour: '200 with the whole file to every request for a range',
		skein: 'Makes that answer the only stream: one request, one connection.',
		peers: 'gopeed #1458 wrote it at an offset; wget2 hangs; ipull and easydl give up.',
		cases: [
			{
				origin: () => ({ answer: ignoreRanges() }),
				ends: 'right',
				also: (_, { origin }) => expect(origin.requests).toHaveLength(1),
			},
		],
	},
	{
		number: 2,
		behaviour: 'Ranges honoured at first and ignored later, or on some nodes',
		skein: 'Refuses a 200 at an offset; where no part can be trusted it takes the whole by one stream.',
		peers: 'axel: wrong bytes.',
		cases: [
			{
				when: 'on every later request',
				origin: () => ({ answer: elsewhere(bytes, () => ({ range: 'ignore' })) }),
				ends: 'right',
			},
			{
				when: 'on every third request',
				origin: () => ({ answer: (_, n) => (n % 3 === 2 ? { range: 'ignore' } : undefined) }),
				ends: 'right',
			},
		],
	},
	{
		number: 3,
		behaviour: 'A 206 whose Content-Range begins elsewhere than asked',
		skein: 'Refuses it before a byte is written.',
		peers: 'axel, wget2, ipull, easydl: wrong bytes.',
		cases: [-1000, 1000].map(shift => ({
			when: `${shift} bytes`,
			origin: () => ({
				answer: elsewhere(bytes, ({ start, end }) => ({ range: { start: start + shift, end: end + shift } })),
			}),
			ends: 'right' as const,
		})),
	},
	{
		number: 4,
		behaviour: 'A 206 that always begins at 0',
		skein: 'Refuses it before a byte is written.',
		peers: 'axel, wget2, ipull, easydl: wrong bytes.',
		cases: [
			{
				origin: () => ({ answer: elsewhere(bytes, ({ start, end }) => ({ range: { start: 0, end: end - start } })) }),
				ends: 'right',
			},
		],
	},
	{
		number: 5,
		behaviour: 'A 206 without Content-Range',
		skein: 'Refuses it, plain or chunked; where the very first answer is one, asks once more without a range.',
		peers: 'axel, wget2, ipull, easydl: wrong bytes; aria2 skips the check where the answer is chunked.',
		cases: [
			{ when: 'later', origin: () => ({ answer: elsewhere(bytes, withoutContentRange) }), ends: 'right' },
			{
				when: 'later, chunked',
				origin: () => ({ answer: elsewhere(bytes, asked => ({ ...withoutContentRange(asked), framing: 'chunked' })) }),
				ends: 'right',
			},
			{
				when: 'from the first answer on',
				origin: () => ({ answer: toRanges(bytes, () => ({ range: { start: 5, end: bytes }, contentRange: null })) }),
				options: { retries: 1 },
				ends: 'right',
				also: askedForTheWhole,
			},
		],
	},
	{
		number: 6,
		behaviour: 'A 206 shorter than asked, honestly declared',
		skein: 'Keeps it and asks for the rest (RFC 9110 §15.3.7).',
		peers: 'axel and wget2 hang; ipull and easydl fail.',
		cases: [
			{
				origin: () => ({
					answer: toRanges(bytes, ({ start, end }) => ({ range: { start, end: Math.min(end, start + 40_000) } })),
				}),
				ends: 'right',
				also: inParallel,
			},
		],
	},
	{
		number: 7,
		behaviour: 'A 206 that runs on past the asked end',
		skein: 'Takes what was asked for and leaves the rest.',
		peers: 'aria2 #1344, #1971 abort.',
		cases: [
			{
				origin: () => ({ answer: elsewhere(bytes, ({ start }) => ({ range: { start, end: bytes } })) }),
				ends: 'right',
				also: ({ result }) => expect(result?.connectionsPeak).toBeGreaterThan(1),
			},
		],
	},
	{
		number: 8,
		behaviour: 'The total in Content-Range changes',
		skein: 'Begins anew with the new version; gives up where it keeps changing.',
		peers: 'axel, wget2, ipull, easydl: wrong bytes.',
		cases: [
			{
				when: 'once',
				origin: () => ({
					body: [body, otherBody.subarray(0, 900_000)],
					answer: (_, n) => (n > 1 ? { version: 1 } : undefined),
				}),
				content: [otherBody.subarray(0, 900_000)],
				ends: 'right',
			},
			{
				when: 'by offset, for ever',
				origin: () => ({
					body: [body, otherBody.subarray(0, 900_000)],
					answer: elsewhere(bytes, range => ({ version: 1, range })),
				}),
				ends: 'right',
			},
			{
				when: 'while the ETag stays',
				origin: () => ({
					answer: elsewhere(bytes, ({ start, end }) => ({ contentRange: `bytes ${start}-${end - 1}/${bytes + 1}` })),
				}),
				ends: 'right',
			},
		],
	},
	{
		number: 9,
		behaviour: 'An unknown total: `bytes 0-99/*`',
		skein: 'Accepts it; a total that is known stays what it is.',
		peers: 'aria2 #926.',
		cases: [
			{
				when: 'in later answers',
				origin: () => ({
					answer: elsewhere(bytes, ({ start, end }) => ({ contentRange: `bytes ${start}-${end - 1}/*` })),
				}),
				ends: 'right',
				also: inParallel,
			},
			{
				when: 'in every answer',
				origin: () => ({
					answer: toRanges(bytes, ({ start, end }) => ({ contentRange: `bytes ${start}-${end - 1}/*` })),
				}),
				ends: 'right',
			},
		],
	},
	{
		number: 10,
		behaviour: 'A Content-Range that promises more than the body holds: "slow down" as 206',
		skein:
			'Refuses it by its Content-Length; without one, drops what came when it ends early. What is asked for so is left to the connection that delivers.',
		peers: 'aria2, axel, wget2, ipull hang.',
		cases: (['length', 'chunked', 'close'] as const).map(framing => ({
			when: framing,
			origin: () => ({ answer: elsewhere(bytes, () => ({ body: loginPage, framing })) }),
			ends: 'right' as const,
		})),
	},
	{
		number: 11,
		behaviour: 'A body longer than its Content-Length',
		skein: 'Reads what was announced and drops the connection with the rest (RFC 9112 §6.3).',
		peers: 'Browsers differ; Node reports an error after the right body.',
		cases: [
			{
				origin: () => ({
					answer: toRanges(bytes, ({ start, end }) => ({
						body: Buffer.concat([
							body.subarray(start, end),
							Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nxyz'),
						]),
						headers: { 'Content-Length': `${end - start}` },
					})),
				}),
				ends: 'right',
			},
		],
	},
	{
		number: 12,
		behaviour: '200 with a part and a Content-Range',
		skein: 'Refuses it: who sends it means something else than it says (RFC 9110 §14.4).',
		peers: 'wget, wget2, curl, ipull finish with the part.',
		cases: [
			{
				origin: () => ({
					answer: () => ({ status: 200, body: body.subarray(0, 1000), contentRange: `bytes 0-999/${bytes}` }),
				}),
				options: { retries: 1 },
				ends: 'E_PROTOCOL',
			},
		],
	},
	{
		number: 13,
		behaviour: 'multipart/byteranges in answer to one range',
		skein: 'Refuses it; where the very first answer is one, asks once more without a range.',
		peers: 'axel: wrong bytes; curl writes the parts with their heads (#6124).',
		cases: [
			{ when: 'later', origin: () => ({ answer: elsewhere(bytes, asked => multipart(body, asked)) }), ends: 'right' },
			{
				when: 'from the first answer on',
				origin: () => ({ answer: toRanges(bytes, asked => multipart(body, asked)) }),
				options: { retries: 1 },
				ends: 'right',
				also: askedForTheWhole,
			},
		],
	},
	{
		number: 14,
		behaviour: '416 to a range that the file has',
		skein:
			'At first asks once more without a range; later compares the length and takes the whole where nothing else helps.',
		peers: 'curl took it for the end of the file.',
		cases: [
			{ when: 'to every range', origin: () => ({ answer: toRanges(bytes, () => ({ status: 416 })) }), ends: 'right' },
			{ when: 'later', origin: () => ({ answer: elsewhere(bytes, () => ({ status: 416 })) }), ends: 'right' },
			{
				when: 'later, without Content-Range',
				origin: () => ({ answer: elsewhere(bytes, () => ({ status: 416, contentRange: null })) }),
				ends: 'right',
			},
			{
				when: 'later, with another length',
				origin: () => ({ answer: elsewhere(bytes, () => ({ status: 416, contentRange: 'bytes */1000' })) }),
				ends: 'right',
			},
		],
	},
	{
		number: 15,
		behaviour: '416 or 200 for an empty file',
		skein: 'Makes an empty file: that is what was asked for.',
		cases: [
			...(['416', '200'] as const).map(status => ({
				when: status,
				origin: () => ({ body: new Uint8Array(), ...(status === '200' ? { answer: ignoreRanges() } : {}) }),
				ends: 'right' as const,
				also: ({ result }: Outcome, { origin }: Bench) => {
					expect(result).toMatchObject({ bytes: 0, lengthVerified: true })
					expect(origin.requests.map(request => `${request.status}`)).toEqual([status])
				},
			})),
		],
	},
	{
		number: 16,
		behaviour: 'Accept-Ranges says what is not so',
		skein: 'Believes nothing but a real 206.',
		peers: 'gopeed: wrong bytes (#1458).',
		cases: [
			{
				when: '`bytes`, and no ranges',
				origin: () => ({ answer: () => ({ range: 'ignore', headers: { 'Accept-Ranges': 'bytes' } }) }),
				ends: 'right',
				also: (_, { origin }) => expect(origin.requests).toHaveLength(1),
			},
			{
				when: '`none`, and ranges work',
				origin: () => ({ answer: () => ({ headers: { 'Accept-Ranges': 'none' } }) }),
				ends: 'right',
				also: ({ result }) => expect(result?.connectionsPeak).toBeGreaterThan(1),
			},
		],
	},
	{
		number: 17,
		behaviour: 'Offsets that wrap around, as past 2^31 and 2^32',
		skein:
			'Sees it in Content-Range and takes the whole by one stream; E_PROTOCOL where parts had come already that were right.',
		peers: 'axel above 2 GB (#308).',
		cases: [
			{
				when: 'a model of it, at 2^19',
				origin: () => ({
					answer: elsewhere(bytes, ({ start, end }) =>
						start < boundary ? undefined : { range: { start: start - boundary, end: end - boundary } },
					),
				}),
				ends: 'E_PROTOCOL',
			},
			{
				when: 'a total of 3 GB that is said to be negative',
				origin: () => ({
					answer: toRanges(bytes, ({ start }) => ({
						body: body.subarray(start, start + 1000),
						contentRange: `bytes ${start}-${start + 999}/${threeGb - 2 ** 32}`,
					})),
				}),
				ends: 'right',
				also: askedForTheWhole,
			},
			{
				when: 'a length of 3 GB that is said to be negative',
				origin: () => ({
					answer: () => ({ body: body.subarray(0, 1000), headers: { 'Content-Length': `${threeGb - 2 ** 32}` } }),
				}),
				options: { retries: 0 },
				ends: 'E_PROTOCOL',
			},
		],
	},
	{
		number: 18,
		behaviour: 'The first request with a range is refused, and one without it works',
		skein: 'Asks once more without a range for 400, 403, 405, 416 and 501; other statuses are what they say.',
		peers: 'bezzad/Downloader #220 and duckdb-httpfs #341 gave up.',
		cases: [
			...[400, 403, 405, 501].map(status => ({
				when: `${status}`,
				origin: () => ({ answer: toRanges(bytes, () => ({ status })) }),
				ends: 'right' as const,
				also: askedForTheWhole,
			})),
			{
				when: '404',
				origin: () => ({ answer: toRanges(bytes, () => ({ status: 404 })) }),
				ends: 'E_HTTP_STATUS',
				also: ({ error }, { origin }) => {
					expect(error?.details).toMatchObject({ status: 404 })
					expect(origin.requests).toHaveLength(1)
				},
			},
		],
	},
	{
		number: 19,
		behaviour: 'HEAD is refused, hangs, or lies',
		skein: 'Never sends HEAD: the first GET is the probe.',
		peers: 'wget2 and easydl fail where it is refused, and truncate in silence where it lies.',
		cases: [{ status: 403 }, { status: 405 }, { hang: true }, { headers: { 'Content-Length': '1000' } }].map(
			(answer: Answer) => ({
				when: JSON.stringify(answer),
				origin: () => ({ answer: ({ method }) => (method === 'HEAD' ? answer : undefined) }),
				ends: 'right' as const,
				avoided: true as const,
				also: (_: Outcome, { origin }: Bench) => {
					for (const { method } of origin.requests) expect(method).toBe('GET')
				},
			}),
		),
	},
	{
		number: 20,
		behaviour: 'Many small or unsorted ranges are taken for an attack',
		skein: 'Asks for one range a request, and for few of them.',
		cases: [
			{
				origin: () => ({
					answer: ({ headers }, n) => (n > 20 || /,/.test(headers['range'] ?? '') ? { status: 429 } : undefined),
				}),
				ends: 'right',
				avoided: true,
				also: (_, { origin }) => {
					for (const { range } of origin.requests) expect(range).toMatchObject({ start: expect.any(Number) })
					expect(origin.requests.length).toBeLessThanOrEqual(20)
				},
			},
		],
	},
	{
		number: 21,
		behaviour: 'A content network ignores Range where gzip is welcome',
		skein: 'Always says `Accept-Encoding: identity`.',
		peers: 'huggingface_hub #3778 (CloudFront).',
		cases: [{ origin: () => ({ answer: gzipIfWelcome(body, { range: 'ignore' }) }), ends: 'right', avoided: true }],
	},
	{
		number: 22,
		behaviour: 'Stored compressed, sent decompressed: Range ignored, no length, hashes of what is stored',
		skein: 'Takes the one stream and believes no hash field that it does not know the meaning of.',
		peers: 'google-cloud-go #1734, #1800.',
		cases: [
			{
				origin: () => ({
					answer: () => ({
						range: 'ignore',
						framing: 'chunked',
						headers: {
							'x-goog-stored-content-encoding': 'gzip',
							'x-goog-hash': `sha256=${sha256(gzipSync(body))}`,
							'Accept-Ranges': null,
						},
					}),
				}),
				ends: 'right',
			},
		],
	},
	{
		number: 23,
		behaviour: 'A proxy serves a truncated copy as the whole',
		skein: 'Only a digest can tell, and it does: E_CHECKSUM, and no file.',
		cases: [
			{
				when: 'the caller knows the digest',
				origin: () => ({ body: body.subarray(0, 700_000) }),
				options: { checksum: `sha256=${sha256(body)}` },
				content: [],
				ends: 'E_CHECKSUM',
			},
			{
				when: 'the origin sent a Repr-Digest with it',
				origin: () => ({
					body: {
						body: body.subarray(0, 700_000),
						headers: { 'Repr-Digest': `sha-256=:${Buffer.from(sha256(body), 'hex').toString('base64')}:` },
					},
					answer: ignoreRanges(),
				}),
				content: [],
				ends: 'E_CHECKSUM',
			},
		],
	},
]
