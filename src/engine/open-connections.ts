/** The right to one connection to one host, held until released. */
export interface Lease {
	readonly host: string
	/** The request was redirected: the connection counts for another host from now on, whatever that one's limit. */
	moveTo(host: string): void
	/** Idempotent. */
	release(): void
}

/** Counts the connections of all downloads, by host. */
export class OpenConnections {
	readonly #changed: () => void
	readonly #at = new Map<string, number>()

	/** `changed` is called when a host has fewer than before. */
	constructor(changed: () => void) {
		this.#changed = changed
	}

	get total(): number {
		let total = 0
		for (const open of this.#at.values()) total += open
		return total
	}

	at(host: string): number {
		return this.#at.get(host) ?? 0
	}

	/** Counts one more, until the lease is released. */
	lease(host: string): Lease {
		let at: string | undefined = host
		this.#count(host, 1)
		return {
			get host() {
				return at ?? host
			},
			moveTo: next => {
				if (at === undefined || at === next) return
				this.#count(at, -1)
				this.#count(next, 1)
				at = next
				this.#changed()
			},
			release: () => {
				if (at === undefined) return
				this.#count(at, -1)
				at = undefined
				this.#changed()
			},
		}
	}

	#count(host: string, change: number): void {
		const open = this.at(host) + change
		if (open === 0) this.#at.delete(host)
		else this.#at.set(host, open)
	}
}
