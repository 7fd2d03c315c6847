import { type Cancel, throwIfCancelled } from '../../base/abort.ts'
import { type Asking, requestFor, type Wanted } from '../../source/asking.ts'
import { type Followed, follow } from '../../source/follow.ts'
import type { Transport } from '../../transport/contract.ts'

/**
 * Where a download's requests go: the address after all redirects, pinned for all lanes, since each pass through the
 * redirects may lead to another node, or to another version.
 *
 * When the pinned address has expired it is found again from the first URL, once for all lanes.
 */
export class Locator {
	readonly #transport: Transport
	readonly #first: URL
	readonly #asking: Asking
	#pinned: URL
	#resolving: Promise<void> | undefined
	/** The pinned address has answered well since it was last looked for: else looking again is no use. */
	#worked = true

	constructor(transport: Transport, asking: Asking, first: URL, pinned: URL) {
		this.#transport = transport
		this.#asking = asking
		this.#first = first
		this.#pinned = pinned
	}

	get url(): URL {
		return this.#pinned
	}

	/** Whether there may be another address than `expired` by now: another lane is looking, or has found it, or this one may look. */
	canRefresh(expired: URL): boolean {
		if (this.#resolving !== undefined || expired.href !== this.#pinned.href) return true
		return this.#worked && this.#pinned.href !== this.#first.href
	}

	/** Asks for bytes at the pinned address; `wanted` undefined asks for the whole, unranged. */
	async send(wanted: Wanted | undefined, cancel: Cancel): Promise<Followed> {
		while (this.#resolving !== undefined && !cancel.cancelled) await eitherOf(this.#resolving, cancel)
		throwIfCancelled(cancel)
		const answer = await this.#ask(this.#pinned, wanted, cancel)
		if (answer.exchange.head.status < 300) this.#worked = true
		return answer
	}

	/** Asks by way of the first URL again, and pins where it leads now. `expired` is the address that failed. */
	async refresh(expired: URL, wanted: Wanted | undefined, cancel: Cancel): Promise<Followed> {
		// Another lane has been there already.
		if (this.#resolving !== undefined || expired.href !== this.#pinned.href) return this.send(wanted, cancel)
		this.#worked = false
		const answer = this.#ask(this.#first, wanted, cancel)
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

	#ask(url: URL, wanted: Wanted | undefined, cancel: Cancel): Promise<Followed> {
		const at = (hop: URL) => requestFor(hop, wanted, this.#asking)
		return follow(this.#transport, url, at, this.#asking.maxRedirects, cancel)
	}
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
