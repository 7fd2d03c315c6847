import { type Cancel, cancelFromSignal } from '../base/abort.ts'
import { DownloadError } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import type { ProbedEvent } from '../engine/events.ts'
import { Run } from '../engine/run.ts'
import type { Digest } from '../model/digest.ts'
import { chooseFileName } from '../model/file-name.ts'
import { probe as probeUrl } from '../source/probe.ts'
import type { Transport } from '../transport/contract.ts'
import { optionalNumber } from './checked.ts'
import { type DownloadRun, RunHandle } from './download-run.ts'
import { type DownloadAddresses, type DownloadUrl, readAddresses, readUrl } from './download-url.ts'
import type { ClientOptions, DownloadOptions } from './options.ts'
import { resolveAsking, resolveOptions } from './resolve-options.ts'
import { wireDestination, wireShared } from './wire.ts'

export type { DownloadEvent, DownloadResult, Explanation, Snapshot } from '../engine/events.ts'
export type { DownloadRun } from './download-run.ts'

/** Downloads that share connections, memory and what was learned of hosts. */
export interface Client {
	/** Begins at once. Throws E_USAGE for an option that cannot be; everything else rejects the run. */
	download(url: DownloadAddresses, options?: DownloadOptions): DownloadRun
	/** Asks what the server offers, and downloads nothing. Rejects like a download. */
	probe(url: string | URL, options?: ProbeOptions): Promise<ProbeResult>
	/** Another limit from now on, in bytes a second of all downloads together; undefined for none. Throws E_USAGE. */
	setLimitRate(bytesPerSecond: number | undefined): void
	/** Closes idle connections; downloads under way fail. */
	close(): Promise<void>
}

export type ProbeOptions = Pick<
	DownloadOptions,
	'headers' | 'userAgent' | 'connectTimeoutMs' | 'stallTimeoutMs' | 'maxRedirects' | 'signal'
>

/** What a server offers under a URL. */
export interface ProbeResult extends Omit<ProbedEvent, 'event'> {
	/** The file name that a download would take. */
	readonly name: string
	/** The addresses that redirected, in order, without user info, query and fragment. */
	readonly redirects: readonly string[]
	readonly digests: readonly Digest[]
	/** Other addresses that the server names for the same file (RFC 6249), the preferred first; without query and fragment. */
	readonly mirrors: readonly string[]
	readonly etag: string | null
	readonly lastModified: string | null
	readonly contentType: string | null
}

/**
 * Makes a client. A program that downloads now and then needs none: `download()` and `probe()` share one.
 *
 * @example const client = createClient({ ca: await readFile('ca.pem', 'utf8') })
 */
export function createClient(options: ClientOptions = {}): Client {
	const shared = wireShared(options)
	return {
		download(url, downloadOptions = {}) {
			const { target, mirrors } = readAddresses(url)
			const spec = resolveOptions(target, downloadOptions, mirrors)
			const destination = wireDestination(downloadOptions, message => run.notice(message))
			const run: Run = new Run(spec, { ...shared, destination })
			stopWith(downloadOptions.signal, run, spec.url)
			return new RunHandle(run, shared.clock)
		},
		async probe(url, probeOptions = {}) {
			const { cancel, release } = cancelFromSignal(probeOptions.signal)
			try {
				return await offerOf(readUrl(url), probeOptions, shared.transport, cancel)
			} finally {
				release()
			}
		},
		setLimitRate(bytesPerSecond) {
			const { governor } = shared
			governor.setLimits({
				...governor.limits,
				bytesPerSecond: optionalNumber('bytesPerSecond', bytesPerSecond, 1),
			})
		},
		close: () => shared.transport.close(),
	}
}

function stopWith(signal: AbortSignal | undefined, run: Run, url: URL): void {
	const { cancel, release } = cancelFromSignal(signal)
	cancel.onCancel(cause => run.command({ kind: 'cancel', reason: aborted(url, cause) }))
	run.result.then(release, release)
}

function aborted(url: URL, cause: unknown): DownloadError {
	return new DownloadError('E_ABORTED', `${redactUrl(url)} was stopped`, {
		cause,
		hint: 'The same command goes on from what could be kept.',
	})
}

async function offerOf(
	target: DownloadUrl,
	options: ProbeOptions,
	transport: Transport,
	cancel: Cancel,
): Promise<ProbeResult> {
	const { resource, exchange } = await probeUrl(transport, target.url, resolveAsking(target, options), cancel, true)
	exchange?.cancel(undefined)
	const { url, bytes, ranges, validator, identity, disposition } = resource
	return {
		url: redactUrl(url),
		path: null,
		bytes: bytes ?? null,
		ranges,
		validator,
		resumedFrom: 0,
		name: chooseFileName({ disposition, url }),
		redirects: resource.hops.map(redactUrl),
		digests: resource.digests,
		mirrors: resource.links.mirrors.map(mirror => redactUrl(mirror.url)),
		etag: identity.etag ?? null,
		lastModified: identity.lastModified ?? null,
		contentType: resource.contentType ?? null,
	}
}
