import { expect } from 'vitest'
import { sha256 } from '../../support/body.ts'
import { cutEvery, expiringLinks, forPath, ignoreRanges, together } from '../../support/origin/scripts.ts'
import type { Representation, Script } from '../../support/origin.ts'
import { elsewhere, gzipIfWelcome, toRanges } from '../answers.ts'
import { type Behaviour, body, type Case, otherBody } from '../catalogue.ts'

const bytes = body.length
const digest = `sha256=${sha256(body)}`

/** A later `Last-Modified` beside the other bytes, so that either validator tells them apart. */
const others: Representation = { body: otherBody, lastModified: 'Wed, 02 Feb 2022 10:00:00 GMT' }

const unnamed = (content: Uint8Array): Representation => ({ body: content, etag: null, lastModified: null })

/** B. Which version of the file it is. */
export const identity: readonly Behaviour[] = [
	{
		number: 24,
		behaviour: 'The file is replaced meanwhile, and its ETag changes',
		skein:
			'Compares the ETag of every answer, drops what it has and begins anew; where it keeps changing, takes all from one answer.',
		peers: 'aria2, axel, wget2, ipull, easydl: wrong bytes.',
		cases: replaced(body, others),
	},
	{
		number: 25,
		behaviour: 'The same, and only Last-Modified changes',
		skein: 'Compares it byte for byte.',
		peers: 'aria2, axel, wget2, ipull, easydl: wrong bytes.',
		cases: replaced({ body, etag: null }, { ...others, etag: null }),
	},
	{
		number: 26,
		behaviour: 'No validator at all',
		skein: 'Takes one stream, and begins again from the first byte after a break.',
		cases: [
			{
				when: 'undisturbed',
				origin: () => ({ body: unnamed(body) }),
				ends: 'right',
				also: (_, { origin }) => expect(origin.requests).toHaveLength(1),
			},
			{
				when: 'replaced during a break',
				origin: () => ({
					body: [unnamed(body), unnamed(otherBody)],
					answer: (_, n) => (n === 0 ? { cut: { at: 500_000, by: 'fin' } } : { version: 1 }),
				}),
				content: [otherBody],
				ends: 'right',
			},
		],
	},
	{
		number: 27,
		behaviour: 'A weak ETag only',
		skein: 'Never sends it in If-Range; goes by a strong Last-Modified, or takes one stream.',
		cases: [
			{
				when: 'alone',
				origin: () => ({ body: { body, etag: 'W/"1"', lastModified: null } }),
				ends: 'right',
				also: (_, { origin }) => expect(origin.requests).toHaveLength(1),
			},
			{
				when: 'beside a strong Last-Modified',
				origin: () => ({ body: { body, etag: 'W/"1"' } }),
				ends: 'right',
				also: ({ result }, { origin }) => {
					expect(result?.connectionsPeak).toBeGreaterThan(1)
					for (const { headers } of origin.requests) expect(headers).not.toHaveProperty('if-range')
				},
			},
		],
	},
	{
		number: 28,
		behaviour: 'The ETag differs from node to node for equal bytes',
		skein: 'Stays with the address that the redirects led to; without redirects it takes the whole from one answer.',
		peers: 'background_downloader #541, aria2-next #46.',
		cases: [
			{
				when: 'behind redirects',
				origin: () => ({
					body: [body, { body, etag: '"of the other node"' }],
					answer: together(
						({ path }, n) => (path === '/file.bin' ? { redirect: n % 2 === 0 ? '/a' : '/b' } : undefined),
						forPath('/b', () => ({ version: 1 })),
					),
				}),
				ends: 'right',
			},
			{
				when: 'under one address',
				origin: () => ({
					body: [body, { body, etag: '"of the other node"' }],
					answer: (_, n) => (n % 2 === 1 ? { version: 1 } : undefined),
				}),
				ends: 'right',
			},
			{
				when: 'under one address, and the digest is known',
				origin: () => ({
					body: [body, { body, etag: '"of the other node"' }],
					answer: (_, n) => (n % 2 === 1 ? { version: 1 } : undefined),
				}),
				options: { checksum: digest },
				ends: 'right',
			},
		],
	},
	{
		number: 29,
		behaviour: 'One ETag for the compressed and the plain bytes',
		skein: 'Asks for identity alone, so that there is one kind of bytes.',
		peers: "mwEmbed #2028; Apache's `-gzip` history.",
		cases: [
			{
				origin: () => ({
					body: { body, etag: '"same"' },
					answer: gzipIfWelcome(body, { headers: { ETag: '"same"' } }),
				}),
				ends: 'right',
				avoided: true,
				also: (_, { origin }) => {
					for (const { headers } of origin.requests) expect(headers['accept-encoding']).toBe('identity')
				},
			},
		],
	},
	{
		number: 30,
		behaviour: '200 to If-Range with an ETag that is right',
		skein: 'Asks once more without If-Range and goes by the ETag of the 206.',
		peers: 'aria2-next #43.',
		cases: [
			{
				origin: () => ({
					answer: ({ headers }) => (headers['if-range'] === undefined ? undefined : { range: 'ignore' }),
				}),
				ends: 'right',
				also: ({ result }) => expect(result?.connectionsPeak).toBeGreaterThan(1),
			},
		],
	},
	{
		number: 31,
		behaviour: 'If-Range is ignored: 206 of the new file',
		skein: 'Sees it in the ETag of the answer.',
		peers: 'aiohttp #13480.',
		cases: [
			{
				origin: () => ({
					body: [body, others],
					answer: (request, n) =>
						n === 0 ? undefined : { version: 1, ...toRanges(bytes, range => ({ range }))(request, n) },
				}),
				content: [otherBody],
				ends: 'right',
			},
		],
	},
	{
		number: 32,
		behaviour: 'A 206 lacks the ETag that the first answer had',
		skein: 'Refuses it as a range; where all lack it, takes the whole by one stream.',
		cases: [{ origin: () => ({ answer: elsewhere(bytes, () => ({ headers: { ETag: null } })) }), ends: 'right' }],
	},
	{
		number: 33,
		behaviour: 'Last-Modified in the future, or the same second as Date',
		skein: 'Takes it for weak: one stream.',
		cases: [0, 86_400_000].map(aheadMs => ({
			when: aheadMs === 0 ? 'the same second' : 'a day ahead',
			origin: () => {
				const lastModified = new Date(Date.now() + aheadMs).toUTCString()
				return { body: { body, etag: null, lastModified } }
			},
			ends: 'right' as const,
			also: (_, { origin }) => expect(origin.requests).toHaveLength(1),
		})) satisfies readonly Case[],
	},
	{
		number: 34,
		behaviour: 'Addresses of one name hold different versions',
		skein: 'Resolves once, stays there, and compares every answer.',
		peers: 'aria2, ipull: wrong bytes.',
		cases: [
			{
				when: 'behind redirects',
				origin: () => ({
					body: [body, others],
					answer: together(
						({ path }, n) => (path === '/file.bin' ? { redirect: n % 2 === 0 ? '/a' : '/b' } : undefined),
						forPath('/b', () => ({ version: 1 })),
					),
				}),
				content: [body, otherBody],
				ends: 'right',
			},
			{
				when: 'under one address',
				origin: () => ({ body: [body, others], answer: (_, n) => (n % 2 === 1 ? { version: 1 } : undefined) }),
				content: [body, otherBody],
				ends: 'right',
			},
		],
	},
	{
		number: 35,
		behaviour: 'Each request is redirected to another signed address',
		skein: 'Goes through the redirects once for all connections.',
		peers: 'drive9 #138, axel #440.',
		cases: [
			{
				origin: () => ({ answer: expiringLinks(1000) }),
				ends: 'right',
				also: (_, { origin }) => expect(origin.requests.filter(({ status }) => status === 302)).toHaveLength(1),
			},
		],
	},
	{
		number: 36,
		behaviour: 'A signed address expires after it worked: 401, 403 or 410',
		skein: 'Finds the new one from the first URL, once for all connections, and goes on.',
		peers: 'wandb #11242, mtd #83 failed for good.',
		cases: [401, 403, 410].map(status => ({
			when: `${status}`,
			origin: () => ({ answer: together(expiringLinks(3, status), cutEvery(150_000)) }),
			ends: 'right' as const,
		})),
	},
	{
		number: 37,
		behaviour: 'A redirect carries validators, ranges and digests of its own',
		skein: 'Believes those of the answer that has the bytes.',
		peers: 'comfyui-mcp #637.',
		cases: [
			{
				origin: () => ({
					answer: forPath('/file.bin', () => ({
						redirect: '/real.bin',
						headers: {
							ETag: '"of the redirect"',
							'Last-Modified': 'Fri, 04 Feb 2022 10:00:00 GMT',
							'Content-Range': 'bytes 5-9/10',
							'Repr-Digest': 'sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:',
						},
					})),
				}),
				ends: 'right',
				also: (_, { origin }) => {
					for (const { headers } of origin.requests) expect(headers['if-range']).not.toBe('"of the redirect"')
				},
			},
		],
	},
	{
		number: 38,
		behaviour: 'Parts of unequal sizes',
		skein: 'Places each part by its Content-Range.',
		peers: 'aws-sdk-go-v2 #3526.',
		cases: [
			{
				origin: () => ({
					answer: (request, n) =>
						toRanges(bytes, ({ start, end }) => ({
							range: { start, end: Math.min(end, start + 10_000 + ((n * 7919) % 50_000)) },
						}))(request, n),
				}),
				ends: 'right',
			},
		],
	},
]

function replaced(first: Uint8Array | Representation, second: Representation): readonly Case[] {
	const fromTheFirstOn: Script = (_, n) => (n === 0 ? undefined : { version: 1 })
	return [
		{
			when: 'once',
			origin: () => ({ body: [first, second], answer: fromTheFirstOn }),
			content: [otherBody],
			ends: 'right',
		},
		{
			when: 'to and fro',
			origin: () => ({ body: [first, second], answer: (_, n) => (n % 2 === 0 ? undefined : { version: 1 }) }),
			content: [body, otherBody],
			ends: 'right',
		},
		{
			when: 'during a break of the one stream',
			origin: () => ({
				body: [first, second],
				answer: together((_, n) => (n === 0 ? { cut: { at: 500_000, by: 'fin' } } : { version: 1 }), ignoreRanges()),
			}),
			content: [otherBody],
			ends: 'right',
		},
	]
}
