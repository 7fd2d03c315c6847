import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'

/** Resolves a name to addresses, the preferred first. */
export type Lookup = (host: string) => Promise<readonly LookupAddress[]>

export type Addresses = readonly [string, ...string[]]

/** As the system resolves names, `/etc/hosts` and all. Loaded for the first name: that alone reads the system's configuration. */
export const systemLookup: Lookup = async host => {
	const { lookup } = await import('node:dns/promises')
	return await lookup(host, { all: true, verbatim: true })
}

interface Known {
	/** Undefined where the name has to be asked again. */
	addresses: Promise<Addresses> | undefined
	/** The answer of the last look-up that had one. */
	lastGood: Addresses | undefined
	/** The address that served: all further connections go there, so that all lanes see one node of a CDN. */
	pinned: string | undefined
}

/**
 * Addresses by host name, asked once: `getaddrinfo` holds one of the four threads that the disk needs too.
 */
export class Resolver {
	readonly #lookup: Lookup
	readonly #hosts = new Map<string, Known>()

	constructor(lookup: Lookup) {
		this.#lookup = lookup
	}

	/** Rejects as the look-up did, where no earlier answer can stand in. */
	async resolve(host: string): Promise<Addresses> {
		if (isIP(host) !== 0) return [host]
		const known = this.#known(host)
		if (known.pinned !== undefined) return [known.pinned]
		known.addresses ??= this.#ask(host, known)
		return known.addresses
	}

	pin(host: string, address: string): void {
		if (isIP(host) === 0) this.#known(host).pinned = address
	}

	/** To be called when a connection to `host` failed: the next one asks and races anew. */
	forget(host: string): void {
		const known = this.#hosts.get(host)
		if (known === undefined) return
		known.pinned = undefined
		known.addresses = undefined
	}

	#known(host: string): Known {
		const known = this.#hosts.get(host) ?? { addresses: undefined, lastGood: undefined, pinned: undefined }
		this.#hosts.set(host, known)
		return known
	}

	async #ask(host: string, known: Known): Promise<Addresses> {
		try {
			known.lastGood = alternating(await this.#lookup(host))
			return known.lastGood
		} catch (error) {
			known.addresses = undefined
			// A name server that is away for a moment does not move the host.
			if (known.lastGood !== undefined) return known.lastGood
			throw error
		}
	}
}

/** RFC 8305 §4: the families take turns, so that a broken one costs one step and not one for each of its addresses. */
function alternating(found: readonly LookupAddress[]): Addresses {
	const first = found.filter(({ family }) => family === found[0]?.family)
	const second = found.filter(({ family }) => family !== found[0]?.family)
	const order = first.flatMap((entry, index) => [entry, ...second.slice(index, index + 1)])
	const [head, ...rest] = [...order, ...second.slice(first.length)].map(({ address }) => address)
	if (head === undefined) throw Object.assign(new Error('The name has no address'), { code: 'ENOTFOUND' })
	return [head, ...rest]
}
