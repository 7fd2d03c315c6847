/** Those who wait for a connection to a host, in the order in which they came; a thousand may. */
export class WaitingLine<Waiting extends { readonly host: string }> {
	readonly #all = new Set<Waiting>()
	readonly #counts = new Map<string, number>()

	/** How many wait for this host. */
	at(host: string): number {
		return this.#counts.get(host) ?? 0
	}

	add(waiting: Waiting): void {
		this.#all.add(waiting)
		this.#counts.set(waiting.host, this.at(waiting.host) + 1)
	}

	remove(waiting: Waiting): void {
		if (!this.#all.delete(waiting)) return
		const left = this.at(waiting.host) - 1
		if (left === 0) this.#counts.delete(waiting.host)
		else this.#counts.set(waiting.host, left)
	}

	/** As they stand: who comes or leaves meanwhile changes nothing. */
	all(): readonly Waiting[] {
		return [...this.#all]
	}
}
