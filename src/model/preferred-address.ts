/** One of several addresses of a file, with what its describer says of it: the same in Metalink (RFC 5854) and in Link fields (RFC 6249). */
export interface PreferredAddress {
	readonly url: URL
	/** 1 to 999999, lowest first. */
	readonly priority: number
	/** The country it is in, two lower-case letters (ISO 3166-1). */
	readonly location: string | undefined
}

/** The last there is, which is also what an address without a priority has (RFC 5854 §4.2.16.1, RFC 6249 §3.1). */
export const lastPriority = 999_999

/** Each address once, by priority, and of those the first so many; those of one priority stay in their order. */
export function bestOf<Address extends PreferredAddress>(
	addresses: readonly Address[],
	most: number,
): readonly Address[] {
	const byHref = new Map<string, Address>()
	for (const address of addresses.toSorted((a, b) => a.priority - b.priority)) {
		if (!byHref.has(address.url.href)) byHref.set(address.url.href, address)
	}
	return [...byHref.values()].slice(0, most)
}

/** Two letters; undefined for anything else. */
export function locationIn(text: string | undefined): string | undefined {
	return /^[a-z]{2}$/i.exec(text ?? '')?.[0].toLowerCase()
}

/** A number between two others; undefined for anything else: a wish for order that cannot be read is none. */
export function numberIn(text: string | undefined, least: number, most: number): number | undefined {
	const number = /^\d{1,6}$/.test(text ?? '') ? Number(text) : Number.NaN
	return number >= least && number <= most ? number : undefined
}
