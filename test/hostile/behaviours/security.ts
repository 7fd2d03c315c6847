import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import type { DownloadOptions } from '../../../src/api/options.ts'
import { pseudoRandom } from '../../support/body.ts'
import { startOrigin } from '../../support/origin.ts'
import { runCli } from '../../support/run-cli.ts'
import { type Behaviour, type Bench, body, type Case, type Outcome } from '../catalogue.ts'

const secrets = { Authorization: 'Bearer hush', Cookie: 'session=hush', 'X-Api-Key': 'hush' }

/** Larger than what is downloaded without a journal. */
const large = pseudoRandom(5_000_000)

const printable = /^\P{Cc}*$/u

/** H. Attackers. */
export const security: readonly Behaviour[] = [
	{
		number: 106,
		behaviour: 'A redirect to another origin, with credentials under way',
		skein: 'A set of headers belongs to one origin: all of them are dropped beyond it.',
		peers: 'aria2, axel, wget, wget2, easydl, ndh send them all; curl and ipull send X-Api-Key.',
		cases: [
			{
				when: 'headers',
				act: bench => crossOrigin(bench, url => url, '/file.bin', { headers: secrets }),
				ends: 'right',
			},
			{
				when: 'user and password in the URL',
				act: bench => crossOrigin(bench, url => url.replace('//', '//user:hush@'), '/file.bin', {}),
				ends: 'right',
			},
			{
				when: 'there and back again',
				act: bench => crossOrigin(bench, url => url, '/there', { headers: secrets }),
				ends: 'right',
			},
		],
	},
	{
		number: 107,
		behaviour: 'A redirect to an address of the inner network, or to another scheme',
		skein:
			'Refuses other schemes; which addresses are allowed is a matter of the daemon, which asks on behalf of others.',
		peers: 'Wallos CVE-2026-27479.',
		cases: ['file:///etc/passwd', 'ftp://127.0.0.1/x', 'gopher://127.0.0.1/x'].map(redirect => ({
			when: redirect,
			origin: () => ({ answer: () => ({ redirect }) }),
			ends: 'E_REDIRECT' as const,
		})),
	},
	...later('Waits for the daemon: the command asks for what its user names.', {
		108: ['DNS rebinding past the check of addresses'],
		109: ['DNS rebinding of an RPC port', 'transmission CVE-2018-5702.'],
		110: ['Requests forged by a web page', 'aria2 #200.'],
		111: ['An open port without a secret', 'Motrix #138, SABnzbd CVE-2023-34237.'],
		112: ['Notifications before authentication', 'aria2 #1752.'],
		113: ['RPC options that write anywhere or run programs', 'aria2 #2030.'],
		114: ['Path traversal in the files of a web page', 'webui-aria2 CVE-2023-39141.'],
		115: ['Roles that only the page checks', 'pyLoad CVE-2026-40071.'],
	}),
	...later('Waits for Metalink: no XML is read.', {
		116: ['Metalink names that climb out', 'aria2 CVE-2010-1512.'],
		117: ['XML bombs and external entities', 'wget CVE-2026-58469.'],
		118: ['Metalink loops and thousands of mirrors'],
	}),
	{
		number: 119,
		behaviour: 'Names such as `__proto__` and `constructor` in what is read',
		skein: 'Keeps fields in maps; options are looked up by own names alone.',
		cases: [
			{
				when: 'in fields',
				origin: () => ({
					answer: () => ({
						headers: { constructor: 'x', toString: 'y', ['__proto__']: '{"etag":"z"}', hasOwnProperty: 'z' },
					}),
				}),
				ends: 'right',
				also: () => expect(({} as { etag?: unknown }).etag).toBeUndefined(),
			},
			{
				when: 'in options',
				act: bench => bench.download(JSON.parse('{"__proto__": {"retries": 0}}')),
				ends: 'E_USAGE',
			},
		],
	},
	{
		number: 120,
		behaviour: 'CR, LF or NUL in what becomes a request',
		skein: 'Refuses it before a connection is made.',
		cases: ['a\r\nX-Evil: 1', 'a\nb', 'a\0b'].flatMap((value): Case[] => [
			refused(`a field: ${JSON.stringify(value)}`, bench => bench.download({ headers: { 'X-A': value } })),
			refused(`a field's name: ${JSON.stringify(value)}`, bench => bench.download({ headers: { [value]: 'x' } })),
			refused(`the user agent: ${JSON.stringify(value)}`, bench => bench.download({ userAgent: value })),
		]),
	},
	{
		number: 121,
		behaviour: 'Terminal sequences in reasons, addresses and names',
		skein: 'Lets no control byte of a stranger reach a message or the terminal.',
		peers: 'curl does not take it for a fault (#6150).',
		cases: [
			{
				when: 'the reason of a status',
				origin: () => ({ answer: () => ({ status: 404, reason: '\x1b]0;owned\x07 \x9b31m' }) }),
				ends: 'E_PROTOCOL',
				also: ({ error }) => expect(error?.message).toMatch(printable),
			},
			{
				when: 'a Location',
				origin: () => ({ answer: () => ({ redirect: 'ftp://a/\x9b31m' }) }),
				ends: 'E_REDIRECT',
				also: ({ error }) => expect(error?.message).toMatch(printable),
			},
			{
				when: 'a name, on the terminal',
				origin: () => ({
					answer: () => ({ headers: { 'Content-Disposition': "attachment; filename*=UTF-8''%1B%5B2Ja.bin" } }),
				}),
				act: async ({ origin, folder }) => {
					const { code, stdout, stderr } = await runCli([origin.url(), '-d', folder])
					expect(code, stderr).toBe(0)
					expect(stdout + stderr).not.toContain('\x1b[2J')
					expect((await readFile(join(folder, (await readdir(folder))[0] as string))).equals(body)).toBe(true)
					return { ending: 'right', events: [] }
				},
				ends: 'right',
			},
		],
	},
	...later('Waits for the web page.', { 122: ['Scripts in names and addresses on a web page'] }),
	{
		number: 123,
		behaviour: 'Secrets that end up in messages, events or journals',
		skein: 'Shows and stores addresses without user, query and fragment; fields are neither shown nor stored.',
		peers: 'curl CVE-2022-32207.',
		cases: [
			{
				when: 'of a download that is stopped',
				act: leavesNoSecret,
				ends: 'E_ABORTED',
				origin: () => ({ body: large, bytesPerSecond: 4e6 }),
			},
			{
				when: 'of a download that fails',
				origin: () => ({ answer: () => ({ status: 403 }) }),
				act: leavesNoSecret,
				ends: 'E_AUTH',
			},
		],
	},
	...later('Waits for the fleet.', { 124: ['Peers of a fleet that lie'] }),
	{
		number: 125,
		behaviour: 'Cookies of a wrong scope, or sent over http',
		skein: 'Keeps no cookies: what a server sets is never sent.',
		cases: [
			{
				origin: () => ({
					answer: () => ({ headers: { 'Set-Cookie': ['a=1; Domain=com', 'b=2; Secure', 'c=3'] } }),
				}),
				ends: 'right',
				also: (_, { origin }) => {
					for (const { headers } of origin.requests) expect(headers).not.toHaveProperty('cookie')
				},
			},
		],
	},
]

function later(
	why: string,
	behaviours: Readonly<Record<number, readonly [behaviour: string, peers?: string]>>,
): Behaviour[] {
	return Object.entries(behaviours).map(([number, [behaviour, peers]]) => ({
		number: Number(number),
		behaviour,
		skein: why,
		peers,
		cases: [],
	}))
}

/** An origin that sends the client away to another one, which may send it back. */
async function crossOrigin(
	bench: Bench,
	secret: (url: string) => string,
	path: string,
	options: DownloadOptions,
): Promise<Outcome> {
	const away: { to: string } = { to: '' }
	await using first = await startOrigin({
		body,
		answer: request => (request.path === '/here' ? undefined : { redirect: away.to }),
	})
	await using other = await startOrigin({
		body,
		answer: request => (request.path === '/there' ? { redirect: first.url('/here') } : undefined),
	})
	away.to = other.url(path)
	const outcome = await bench.download(options, secret(first.url()))
	expect(other.requests).not.toHaveLength(0)
	for (const { headers } of other.requests) expect(JSON.stringify(headers)).not.toMatch(/hush|aHVzaA/)
	expect(JSON.stringify(first.requests)).toMatch(/hush|Basic/)
	return outcome
}

function refused(when: string, act: (bench: Bench) => Promise<Outcome>): Case {
	return { when, act, ends: 'E_USAGE', also: (_, { origin }) => expect(origin.requests).toEqual([]) }
}

async function leavesNoSecret(bench: Bench): Promise<Outcome> {
	const abort = new AbortController()
	const url = bench.origin.url('/file.bin?signature=hush#hush').replace('//', '//user:hush@')
	const started = bench.start({ signal: abort.signal, headers: { 'X-Api-Key': 'hush' }, retries: 0 }, url)
	const ended = started.outcome.then(() => true)
	while (bench.origin.bytesSent < 2_000_000 && !(await Promise.race([ended, setTimeout(5, false)]))) {}
	abort.abort()
	const outcome = await started.outcome
	const { error, events } = outcome
	expect(JSON.stringify([events, error?.message, error?.hint, error?.details, String(error?.stack)])).not.toContain(
		'hush',
	)
	for (const name of await readdir(bench.folder)) {
		if (name.endsWith('.journal')) expect(await readFile(join(bench.folder, name), 'latin1')).not.toContain('hush')
	}
	return outcome
}
