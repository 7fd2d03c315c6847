import { fairShares } from '../control/fair-shares.ts'

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

/** Those at one host, with what each was last known to want, and the sum of that. */
interface AtHost {
	readonly wishes: Map<Party, number>
	sum: number
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
		const at = this.#hosts.get(host) ?? { wishes: new Map(), sum: 0 }
		at.sum += wanted - (at.wishes.get(party) ?? 0)
		at.wishes.set(party, wanted)
		this.#hosts.set(host, at)
		this.#hostOf.set(party, host)
	}

	remove(party: Party): void {
		const host = this.#hostOf.get(party)
		if (host === undefined) return
		const at = this.#hosts.get(host) as AtHost
		at.sum -= at.wishes.get(party) as number
		at.wishes.delete(party)
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
		if (at.sum - own + wanted <= limit) return wanted
		const parties = [...at.wishes.keys()]
		const wishes = parties.map(other => (other === party ? wanted : (at.wishes.get(other) as number)))
		return fairShares(limit, wishes)[parties.indexOf(party)] as number
	}
}
