import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DownloadOptions } from '../../src/api/options.ts'
import type { ErrorCode } from '../../src/base/errors.ts'
import type { Answer, RequestRecord } from '../support/origin.ts'

/** Stands in every secret of a signed address, and nowhere else. */
export const marker = 'hush'

/** What the servers of one run are called. */
export interface Servers {
	readonly http: string
	readonly https: string
	/** Its certificate is vouched for by nobody. */
	readonly untrusted: string
	/** Nothing listens there. */
	readonly nobody: string
}

/** One way in which the download of a signed address may go. */
export interface SignedDownload {
	readonly name: string
	readonly ends: 'done' | ErrorCode
	readonly server?: keyof Servers
	readonly answer?: (request: RequestRecord, servers: Servers) => Answer | undefined
	/** The same choices for the library and for the command. */
	readonly options?: DownloadOptions
	readonly args?: readonly string[]
	/** What is done to the folder before. */
	readonly before?: (folder: string) => Promise<unknown>
}

export const signature: string = `X-Amz-Signature=${marker}Query&X-Amz-Credential=${marker}%2FKey`

/** With a secret wherever an address can have one. */
export const signed = (origin: string, path = '/folder/file.bin'): string =>
	`${origin.replace('//', `//user:${marker}Password@`)}${path}?${signature}#${marker}Fragment`

/** As a server repeats what it was asked for. */
const echo = ({ path, headers }: RequestRecord): string => `${path} ${headers['authorization'] ?? ''}`

const echoed = (status: number): Required<Pick<SignedDownload, 'answer' | 'options' | 'args'>> => ({
	answer: request => ({ status, reason: `Sorry: ${echo(request)}`, body: echo(request) }),
	options: { retries: 0 },
	args: ['--retries', '0'],
})

const redirectedTo = (
	location: string,
	ends: SignedDownload['ends'] = 'E_REDIRECT',
): Required<Pick<SignedDownload, 'ends' | 'answer'>> => ({
	ends,
	answer: ({ path }) => (path.includes('file.bin') ? { redirect: location } : undefined),
})

const once = { options: { retries: 0 }, args: ['--retries', '0'] }

export const signedDownloads: readonly SignedDownload[] = [
	{ name: 'goes well', ends: 'done' },
	{ name: 'goes well over TLS', ends: 'done', server: 'https' },
	{
		name: 'is asked for again',
		ends: 'done',
		answer: ({ index }) =>
			index === 0 ? { status: 503, reason: signature, headers: { 'Retry-After': '0' } } : undefined,
	},
	{
		name: 'breaks and goes on',
		ends: 'done',
		answer: ({ index }) => (index % 2 === 0 ? { cut: { at: 100_000, by: 'rst' } } : undefined),
	},
	{ name: 'is redirected to a signed address', ...redirectedTo(`/other?${signature}`), ends: 'done' },
	{
		name: 'is redirected to user info',
		...redirectedTo(`//${marker}:${marker}@localhost:1/x?${signature}`, 'E_NETWORK'),
		...once,
	},
	{ name: 'is redirected in a circle', ...redirectedTo(`/folder/file.bin?${signature}`) },
	{ name: 'is redirected to what cannot be read', ...redirectedTo(`http://[${marker}/?${signature}`) },
	{ name: 'is redirected to another scheme', ...redirectedTo(`ftp://${marker}@host/${marker}?${signature}`) },
	{
		name: 'is redirected from https to http',
		server: 'https',
		ends: 'E_REDIRECT',
		answer: (_, { http }) => ({ redirect: `${http}/${marker}?${signature}` }),
	},
	{
		name: 'is redirected too often',
		ends: 'E_REDIRECT',
		answer: ({ index }) => ({ redirect: `/folder/file.bin?${signature}&hop=${index}` }),
		options: { maxRedirects: 2 },
		args: ['--max-redirects', '2'],
	},
	{ name: 'is forbidden, and repeated', ...echoed(403), ends: 'E_AUTH' },
	{ name: 'is not found, and repeated', ...echoed(404), ends: 'E_HTTP_STATUS' },
	{ name: 'fails at the server, and is repeated', ...echoed(500), ends: 'E_HTTP_STATUS' },
	{
		name: 'is answered with a head that repeats it and cannot be read',
		ends: 'E_PROTOCOL',
		answer: request => ({ raw: `HTTP/1.1 200 OK\r\n${echo(request)}\r\n\r\n` }),
		...once,
	},
	{
		name: 'is answered with fields that repeat it',
		ends: 'E_PROTOCOL',
		answer: request => ({ status: 206, headers: { 'Content-Range': echo(request), 'Content-Type': echo(request) } }),
		...once,
	},
	{
		name: 'is answered in a coding that repeats it',
		ends: 'E_PROTOCOL',
		answer: request => ({ headers: { 'Content-Encoding': echo(request) } }),
		...once,
	},
	{
		name: 'is answered with a wait that repeats it',
		ends: 'E_HTTP_STATUS',
		answer: request => ({ status: 503, headers: { 'Retry-After': echo(request) } }),
		...once,
	},
	{ name: 'meets a certificate of nobody', ends: 'E_TLS', server: 'untrusted', ...once },
	{ name: 'meets nobody', ends: 'E_NETWORK', server: 'nobody', ...once },
	{
		name: 'is not answered',
		ends: 'E_STALLED',
		answer: () => ({ hang: true }),
		options: { retries: 0, stallTimeoutMs: 150 },
		args: ['--retries', '0', '--stall-timeout', '0.15'],
	},
	{
		name: 'takes too long',
		ends: 'E_TIMEOUT',
		answer: () => ({ stallAt: 10 }),
		options: { maxTimeMs: 150 },
		args: ['--max-time', '0.15'],
	},
	{
		name: 'has another checksum',
		ends: 'E_CHECKSUM',
		options: { checksum: `md5=${'0'.repeat(32)}` },
		args: ['--checksum', `md5=${'0'.repeat(32)}`],
	},
	{ name: 'is too large', ends: 'E_TOO_LARGE', options: { maxBytes: 10 }, args: ['--max-size', '10'] },
	{
		name: 'is there already',
		ends: 'E_EXISTS',
		before: folder => writeFile(join(folder, 'file.bin'), 'mine'),
		options: { ifExists: 'error' },
		args: ['--if-exists', 'error'],
	},
	{
		name: 'cannot be written',
		ends: 'E_IO',
		// A folder stands where the unfinished file would.
		before: folder => writeFile(join(folder, 'no-folder'), ''),
		args: ['--dir', 'no-folder/below'],
		options: { to: 'no-folder/below/' },
	},
]
