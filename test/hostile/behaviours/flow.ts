import { expect } from 'vitest'
import { sha256 } from '../../support/body.ts'
import { certificates } from '../../support/certificates.ts'
import { capConnections, cutEvery, forPath, redirectTo } from '../../support/origin/scripts.ts'
import type { Answer, Script } from '../../support/origin.ts'
import { elsewhere, from, pageInsteadOfFile } from '../answers.ts'
import { type Behaviour, body, type Case } from '../catalogue.ts'

const bytes = body.length
const capped = { retries: 6 }

/** D. Statuses, redirects, and who may ask how often. */
export const flow: readonly Behaviour[] = [
	{
		number: 59,
		behaviour: '429 or 503 with Retry-After',
		skein: 'Waits as long as it says, up to an hour; what asks for more is reported.',
		peers: 'aria2 #1839, #577, #1716.',
		cases: [
			...[429, 503].map(
				(status): Case => ({
					when: `${status}, one second`,
					origin: () => ({ answer: (_, n) => (n === 0 ? { status, headers: { 'Retry-After': '1' } } : undefined) }),
					ends: 'right',
					also: (_, { origin: { requests } }) =>
						expect((requests[1]?.atMs ?? 0) - (requests[0]?.atMs ?? 0)).toBeGreaterThan(990),
				}),
			),
			{
				when: 'two hours',
				origin: () => ({ answer: () => ({ status: 503, headers: { 'Retry-After': '7200' } }) }),
				ends: 'E_HTTP_STATUS',
				also: (_, { origin }) => expect(origin.requests).toHaveLength(1),
			},
		],
	},
	{
		number: 60,
		behaviour: 'Retry-After that makes no sense',
		skein: 'Takes digits or an HTTP date, nothing else; otherwise waits its own time.',
		peers: "`Date.parse('-5')` is the year 2001: curl #15833, urllib3 #3743.",
		cases: ['-5', '1.5', 'NaN', '1e10', 'soon', '', 'Thu, 01 Jan 1970 00:00:00 GMT'].map(value => ({
			when: JSON.stringify(value),
			origin: () => ({ answer: (_, n) => (n === 0 ? { status: 503, headers: { 'Retry-After': value } } : undefined) }),
			ends: 'right' as const,
		})) satisfies readonly Case[],
	},
	{
		number: 61,
		behaviour: 'No more than so many connections: the next gets 403, 429, 503, or nothing',
		skein: 'Gives that connection back, goes on with those that work, and remembers the cap.',
		peers: 'aria2 #1839, Maxel #85.',
		cases: (['403', '429', '503', 'hang'] as const).map(by => ({
			when: by,
			origin: () => ({ answer: capConnections(2, by) }),
			options: { ...capped, stallTimeoutMs: 500 },
			ends: 'right' as const,
		})),
	},
	{
		number: 62,
		behaviour: 'A status that is no success',
		skein: 'Asks again where that may help, and says the status where it will not.',
		cases: [
			...[408, 421, 425, 500, 502, 503, 504, 520, 522].map(
				(status): Case => ({
					when: `${status} once`,
					origin: () => ({ answer: (_, n) => (n === 0 ? { status } : undefined) }),
					ends: 'right',
				}),
			),
			...[400, 404, 410, 418, 451, 501].map(status => always({ status }, 'E_HTTP_STATUS')),
			...[401, 403].map(status => always({ status }, 'E_AUTH')),
		],
	},
	{
		number: 63,
		behaviour: 'A captive portal or a login page in place of the file',
		skein: 'Refuses what is not the version that it began with; as the first answer only a digest can tell.',
		peers: 'axel and wget2 hang.',
		cases: [
			{
				when: 'at every offset but 0',
				origin: () => ({ answer: elsewhere(bytes, () => pageInsteadOfFile) }),
				ends: 'right',
			},
			{
				when: 'for a while',
				origin: () => ({ answer: (_, n) => (n > 0 && n < 6 ? pageInsteadOfFile : undefined) }),
				ends: 'right',
			},
			{
				when: 'from the second request on',
				origin: () => ({ answer: from(1, () => pageInsteadOfFile) }),
				ends: 'right',
			},
			{
				when: 'when the connection broke',
				origin: () => ({
					answer: (_, n) => (n === 0 ? { cut: { at: 300_000, by: 'rst' } } : pageInsteadOfFile),
				}),
				options: { connections: 1 },
				ends: 'E_PROTOCOL',
			},
			{
				when: 'from the beginning, and the digest is known',
				origin: () => ({ answer: () => pageInsteadOfFile }),
				options: { checksum: `sha256=${sha256(body)}` },
				ends: 'E_CHECKSUM',
			},
		],
	},
	{
		number: 64,
		behaviour: 'Redirects in a circle, or too many',
		skein: 'E_REDIRECT; no cookie is kept, so that a circle is one whatever the cookies say.',
		peers: 'axel #7, #144.',
		cases: [
			always({ redirect: '/file.bin' }, 'E_REDIRECT', 'to itself'),
			always({ redirect: '/file.bin', headers: { 'Set-Cookie': 'seen=1' } }, 'E_REDIRECT', 'to itself, with a cookie'),
			{
				when: 'between two',
				origin: () => ({ answer: ({ path }) => ({ redirect: path === '/a' ? '/file.bin' : '/a' }) }),
				ends: 'E_REDIRECT',
			},
			{
				when: 'to ever new addresses',
				origin: () => ({ answer: (_, n) => ({ redirect: `/${n}` }) }),
				ends: 'E_REDIRECT',
				also: (_, { origin }) => expect(origin.requests.length).toBeLessThanOrEqual(21),
			},
			{
				when: 'twenty',
				origin: () => ({ answer: (_, n) => (n < 20 ? { redirect: `/${n}` } : undefined) }),
				ends: 'right',
			},
		],
	},
	{
		number: 65,
		behaviour: 'A redirect from https to http',
		skein: 'Refuses it.',
		cases: [
			{
				need: 'openssl',
				origin: async () => ({
					tls: await certificates(),
					answer: () => ({ redirect: 'http://127.0.0.1:1/file.bin' }),
				}),
				client: async () => ({ ca: (await certificates()).ca }),
				ends: 'E_REDIRECT',
			},
		],
	},
	{
		number: 66,
		behaviour: 'A Location that is missing, relative, raw UTF-8, with blanks or a fragment',
		skein: 'Follows what can be read, and says so where nothing can.',
		cases: [
			...[
				'real.bin',
				'/real.bin',
				'?real',
				'./a/../real.bin',
				'/r\u00e9al.bin',
				'/a real.bin',
				'/real.bin#part',
				'//HOST/real.bin',
			].map(
				(location): Case => ({
					when: location,
					origin: () => ({ answer: redirectFirst(location) }),
					ends: 'right',
				}),
			),
			always({ status: 302 }, 'E_REDIRECT', 'missing'),
			always({ redirect: 'http://[' }, 'E_REDIRECT', 'unreadable'),
			...['file:///etc/passwd', 'ftp://127.0.0.1/file.bin', 'data:,text', 'javascript:1'].map(location =>
				always({ redirect: location }, 'E_REDIRECT', location),
			),
		],
	},
	{
		number: 67,
		behaviour: '407, and what proxies say to CONNECT',
		skein: 'Says 407 as E_AUTH. Proxies themselves wait until skein knows proxies.',
		cases: [always({ status: 407 }, 'E_AUTH')],
	},
	{
		number: 68,
		behaviour: 'A rate limit by abrupt RST',
		skein: 'Takes it for a cap, as 61.',
		cases: [
			{ when: 'of requests', origin: () => ({ answer: capConnections(2, 'reset') }), options: capped, ends: 'right' },
			{ when: 'of connections', origin: () => ({ maxConnections: 2 }), options: capped, ends: 'right' },
			{
				when: 'of connections, and the answers are cut',
				origin: () => ({ maxConnections: 2, answer: cutEvery(150_000, 'rst') }),
				options: capped,
				ends: 'right',
			},
		],
	},
]

function always(answer: Answer, ends: Case['ends'], when: string = `${answer.status}`): Case {
	return { when, origin: () => ({ answer: () => answer }), ends, options: { retries: 0 } }
}

/** Under another path or query there is the file. */
function redirectFirst(location: string): Script {
	return (request, n) => {
		const to = location.replace('HOST', request.headers['host'] ?? '')
		return request.path === '/file.bin' ? forPath('/file.bin', redirectTo(to))(request, n) : undefined
	}
}
