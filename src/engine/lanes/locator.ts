import { type Cancel, orCancelled, throwIfCancelled } from '../../base/abort.ts'
import { DownloadError, isDownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import { mayPass } from '../../control/retry.ts'
import { requestFor, type Wanted } from '../../source/asking.ts'
import { type Followed, follow } from '../../source/follow.ts'
import type { Transport } from '../../transport/contract.ts'
import type { Address } from '../sources/address.ts'

/**
 * Where the requests to one source go: the address after all redirects, pinned for all lanes, since each pass through the
 * redirects may lead to another node, or to another version.
 *
 * When the pinned address has expired it is found again, once for all lanes: from the first URL, or by the caller's function.
 */
export class Locator {
	readonly #transport: Transport
	readonly #address: Address
	#pinned: URL
	#resolving: Promise<void> | undefined
	/** Whoever was asked for another address has answered, and what was found is no better: looking again is no use. */
	#lookedInVain = false

	constructor(transport: Transport, address: Address, pinned: URL = address.url) {
		this.#transport = transport
		this.#address = address
		this.#pinned = pinned
	}

	get url(): URL {
		return this.#pinned
	}

	/** Whether there may be another address than `expired` by now: another lane is looking, or has found it, or this one may look. */
	canRefresh(expired: URL): boolean {
		if (this.#resolving !== undefined || expired.href !== this.#pinned.href) return true
		const { url, renew } = this.#address
		return !this.#lookedInVain && (renew !== undefined || this.#pinned.href !== url.href)
	}

	/** Asks for bytes at the pinned address; `wanted` undefined asks for the whole, unranged. */
	async send(wanted: Wanted | undefined, cancel: Cancel): Promise<Followed> {
		while (this.#resolving !== undefined) await orCancelled(this.#resolving, cancel)
		throwIfCancelled(cancel)
		const answer = await this.#ask(this.#pinned, wanted, cancel)
		if (answer.exchange.head.status < 300) this.#lookedInVain = false
		return answer
	}

	/** Asks by way of the first URL, or of what the caller's function finds, and pins where it leads now. `expired` is the address that failed. */
	async refresh(expired: URL, wanted: Wanted | undefined, cancel: Cancel): Promise<Followed> {
		// Another lane has been there already.
		if (this.#resolving !== undefined || expired.href !== this.#pinned.href) return this.send(wanted, cancel)
		const answer = orCancelled(this.#renewed(expired), cancel).then(url => this.#ask(url, wanted, cancel))
		// A look that was broken off, or came at a bad moment, has found nothing out.
		this.#resolving = answer.then(
			found => this.#note(found),
			() => {},
		)
		try {
			return await answer
		} finally {
			await this.#resolving
			this.#resolving = undefined
		}
	}

	#note({ exchange: { head }, url }: Followed): void {
		if (head.status < 300) this.#pinned = url
		else if (!mayPass(head.status)) this.#lookedInVain = true
	}

	async #renewed(expired: URL): Promise<URL> {
		const { url, renew } = this.#address
		return renew === undefined ? url : renewedBy(renew, expired)
	}

	#ask(url: URL, wanted: Wanted | undefined, cancel: Cancel): Promise<Followed> {
		const at = (hop: URL) => requestFor(hop, wanted, this.#address.asking)
		return follow(this.#transport, url, at, this.#address.asking.maxRedirects, cancel)
	}
}

/** Asks the caller's function; what it throws is why there is no other address. Rejects with E_AUTH, or with its own DownloadError. */
export async function renewedBy(renew: (expired: URL) => Promise<URL>, expired: URL): Promise<URL> {
	try {
		return await renew(expired)
	} catch (cause) {
		if (isDownloadError(cause)) throw cause
		throw new DownloadError('E_AUTH', `${redactUrl(expired)} has expired, and no other address was found`, { cause })
	}
}
