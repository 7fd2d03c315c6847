import { Writable } from 'node:stream'
import type { Client } from '../api/client.ts'
import { longestMetalinkBytes, type MetalinkFile, metalinkOptions, parseMetalink } from '../api/metalink.ts'
import type { DownloadOptions } from '../api/options.ts'
import { DownloadError, isDownloadError } from '../base/errors.ts'
import { redactAddress, redactUrl } from '../base/redact.ts'
import type { Environment } from './environment.ts'
import type { Entry } from './input-file.ts'
import type { Typed } from './typed.ts'
import { unreadable } from './unreadable.ts'
import { isWebAddress, parseUrl } from './url.ts'

/**
 * The files that the Metalink of `--metalink` describes, each as an entry. Rejects with E_USAGE or E_PROTOCOL for what is
 * malformed, E_UNSAFE_NAME, and with what kept the document from being fetched.
 */
export async function readMetalinkEntries(
	place: string,
	typed: Typed,
	environment: Pick<Environment, 'readText'>,
	client: Pick<Client, 'download'>,
): Promise<readonly Entry[]> {
	const name = redactAddress(place)
	if (!isWebAddress(place)) {
		const text = await environment.readText(place).catch(cause => {
			throw unreadable('--metalink', place, cause)
		})
		return parseMetalink(text, { name, from: 'file' }).map(file => entryOf(file, typed, undefined))
	}
	const url = parseUrl(place)
	const text = await fetchText(url, typed, client)
	return parseMetalink(text, { name, from: 'server' }).map(file => entryOf(file, typed, url))
}

/** What was typed for the one file wins over what the document says of it. */
function entryOf(file: MetalinkFile, typed: Typed, from: URL | undefined): Entry {
	const { checksum, ...described } = metalinkOptions(file)
	const [first] = file.urls as [MetalinkFile['urls'][number]]
	const own = typed.download.checksum === undefined && checksum !== undefined
	return {
		url: first.url.href,
		mirrors: file.urls.slice(1).map(({ url }) => url.href),
		described: own ? { ...described, checksum } : described,
		// The user named the document, and trusts its server with his headers; whom it names besides is a stranger.
		stranger: first.url.origin !== from?.origin,
		...(typed.output === undefined ? { output: file.name } : {}),
	}
}

async function fetchText(url: URL, typed: Typed, client: Pick<Client, 'download'>): Promise<string> {
	const chunks: Buffer[] = []
	const to = new Writable({
		write: (chunk, _encoding, done) => {
			// The memory is lent until `done`.
			chunks.push(Buffer.from(chunk))
			done()
		},
	})
	try {
		await client.download(url, { ...mannerOf(typed), to, connections: 1, maxBytes: longestMetalinkBytes })
	} catch (cause) {
		if (isDownloadError(cause, 'E_TOO_LARGE')) throw tooLong(url, cause)
		throw cause
	}
	return Buffer.concat(chunks).toString()
}

/** No option allows more. */
function tooLong(url: URL, cause: DownloadError): DownloadError {
	const said = `The Metalink ${redactUrl(url)} has more than ${longestMetalinkBytes} bytes`
	return new DownloadError('E_TOO_LARGE', said, {
		cause,
		hint: 'The address may lead to the file itself: then give it without --metalink.',
	})
}

/** How to ask, without what the files are asked for. */
function mannerOf({ download, headers }: Typed): DownloadOptions {
	const { retries, connectTimeoutMs, stallTimeoutMs, maxTimeMs, maxRedirects, userAgent } = download
	const manner = { retries, connectTimeoutMs, stallTimeoutMs, maxTimeMs, maxRedirects, userAgent }
	const given = Object.entries(manner).filter(([, value]) => value !== undefined)
	return { ...Object.fromEntries(given), headers: Object.fromEntries(headers) }
}
