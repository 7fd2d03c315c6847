import { type Cancel, throwIfCancelled } from '../../base/abort.ts'
import { DownloadError, isDownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
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
	/** The pinned address has answered well since it was last looked for: else looking again is no use. */
	#worked = true

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
		return this.#worked && (renew !== undefined || this.#pinned.href !== url.href)
	}

	/** Asks for bytes at the pinned address; `wanted` undefined asks for the whole, unranged. */
	async send(wanted: Wanted | undefined, cancel: Cancel): Promise<Followed> {
		while (this.#resolving !== undefined && !cancel.cancelled) await eitherOf(this.#resolving, cancel)
		throwIfCancelled(cancel)
		const answer = await this.#ask(this.#pinned, wanted, cancel)
		if (answer.exchange.head.status < 300) this.#worked = true
		return answer
	}

	/** Asks by way of the first URL, or of what the caller's function finds, and pins where it leads now. `expired` is the address that failed. */
	async refresh(expired: URL, wanted: Wanted | undefined, cancel: Cancel): Promise<Followed> {
		// Another lane has been there already.
		if (this.#resolving !== undefined || expired.href !== this.#pinned.href) return this.send(wanted, cancel)
		this.#worked = false
		const answer = this.#renewed(expired, cancel).then(url => this.#ask(url, wanted, cancel))
		this.#resolving = answer.then(
			({ exchange, url }) => {
				if (exchange.head.status >= 300) return
				this.#pinned = url
				this.#worked = true
			},
			() => {},
		)
		try {
			return await answer
		} finally {
			await this.#resolving
			this.#resolving = undefined
		}
	}

	async #renewed(expired: URL, cancel: Cancel): Promise<URL> {
		const { url, renew } = this.#address
		return renew === undefined ? url : renewedBy(renew, expired, cancel)
	}

	#ask(url: URL, wanted: Wanted | undefined, cancel: Cancel): Promise<Followed> {
		const at = (hop: URL) => requestFor(hop, wanted, this.#address.asking)
		return follow(this.#transport, url, at, this.#address.asking.maxRedirects, cancel)
	}
}

/**
 * Asks the caller's function, which nobody else can end: whoever is cancelled does not wait for it. What it throws is why there is no other
 * address. Rejects with E_AUTH, or with its own DownloadError.
 */
export function renewedBy(renew: (expired: URL) => Promise<URL>, expired: URL, cancel: Cancel): Promise<URL> {
	return new Promise((resolve, reject) => {
		const stopListening = cancel.onCancel(reject)
		renew(expired)
			.then(resolve, cause => reject(noOtherAddress(expired, cause)))
			.finally(stopListening)
	})
}

function noOtherAddress(expired: URL, cause: unknown): DownloadError {
	if (isDownloadError(cause)) return cause
	return new DownloadError('E_AUTH', `${redactUrl(expired)} has expired, and no other address was found`, { cause })
}

/** Resolves when the work is done or the caller has gone. */
function eitherOf(work: Promise<void>, cancel: Cancel): Promise<void> {
	return new Promise(resolve => {
		const stopListening = cancel.onCancel(() => resolve())
		void work.finally(() => {
			stopListening()
			resolve()
		})
	})
}
