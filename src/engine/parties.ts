import { fairLevel } from '../control/fair-level.ts'

/** A download that has connections to a host and may want more. */
export interface Party {
	readonly host: string
	/** Connections that it would have if it could. */
	readonly wanted: number
	/** Connections that it has. */
	readonly connections: number
	/** Those of them that receive. */
	readonly receiving: number
	/** Those, and those that ask and have not been refused. */
	readonly standing: number
	/** Passes over what the host was learned to allow. */
	readonly exact: boolean
}

/** Those at one host, with what each was last known to want. */
class AtHost {
	/** In the order in which they came. */
	readonly wishes = new Map<Party, number>()
	/** How many want so many: few numbers, however many parties. */
	readonly #counts = new Map<number, number>()
	#sum = 0

	note(party: Party, wanted: number): void {
		this.#count(this.wishes.get(party), -1)
		this.#count(wanted, 1)
		this.wishes.set(party, wanted)
	}

	remove(party: Party): void {
		this.#count(this.wishes.get(party), -1)
		this.wishes.delete(party)
	}

	/** What one of them gets of `limit`, of what was last noted. */
	shareOf(party: Party, limit: number): number {
		const wanted = this.wishes.get(party) as number
		if (this.#sum <= limit) return wanted
		const { level, rest } = fairLevel(limit, this.#counts)
		if (wanted <= level) return wanted
		return this.#isAmongFirst(party, rest, level) ? level + 1 : level
	}

	#isAmongFirst(party: Party, first: number, level: number): boolean {
		let left = first
		for (const [other, wish] of this.wishes) {
			if (left === 0) return false
			if (other === party) return true
			if (wish > level) left -= 1
		}
		return false
	}

	#count(wish: number | undefined, change: 1 | -1): void {
		if (wish === undefined) return
		const count = (this.#counts.get(wish) ?? 0) + change
		if (count === 0) this.#counts.delete(wish)
		else this.#counts.set(wish, count)
		this.#sum += change * wish
	}
}

/**
 * Who shares which host, and what each wants there, as each has told last: a thousand downloads that all looked at all of the
 * others at every tick would do nothing else.
 */
export class Parties {
	readonly #hosts = new Map<string, AtHost>()
	readonly #hostOf = new Map<Party, string>()

	/** Counts a party in, or notes what it wants by now, and where. */
	note(party: Party): void {
		const { host, wanted } = party
		if (this.#hostOf.get(party) !== host) this.remove(party)
		const at = this.#hosts.get(host) ?? new AtHost()
		at.note(party, wanted)
		this.#hosts.set(host, at)
		this.#hostOf.set(party, host)
	}

	remove(party: Party): void {
		const host = this.#hostOf.get(party)
		if (host === undefined) return
		const at = this.#hosts.get(host) as AtHost
		at.remove(party)
		if (at.wishes.size === 0) this.#hosts.delete(host)
		this.#hostOf.delete(party)
	}

	/** In the order in which they came. */
	at(host: string): readonly Party[] {
		return [...(this.#hosts.get(host)?.wishes.keys() ?? [])]
	}

	/** How much of `limit` one of them gets if it wants so many: all of it, where there is enough for everyone. */
	shareOf(party: Party, limit: number, wanted: number): number {
		const at = this.#hosts.get(party.host)
		const own = at?.wishes.get(party)
		if (at === undefined || own === undefined) return 0
		if (wanted === own) return at.shareOf(party, limit)
		at.note(party, wanted)
		const share = at.shareOf(party, limit)
		at.note(party, own)
		return share
	}
}
