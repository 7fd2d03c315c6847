import type { DownloadError } from '../../base/errors.ts'
import { isOfTheSource } from '../../control/mirror-ranking.ts'
import type { DownloadSpec } from '../spec.ts'
import { type Address, addressesOf } from './address.ts'

/** How a download is begun again when its sources failed. */
export interface Turn {
	readonly addresses: readonly Address[]
	/** Nothing of another source may come in. */
	readonly alone: boolean
	/** What is there is not gone on with. */
	readonly anew: boolean
	/** What there is to say of it to people beside what failed. */
	readonly why: string | undefined
}

/** How a turn ended. */
export interface TurnEnd {
	readonly error: DownloadError
	/** The sources that failed in it. */
	readonly worn: readonly number[]
	/** Bytes of several sources were in the file. */
	readonly mixed: boolean
	/** It never came to a transfer. */
	readonly unopened: boolean
}

const wrongDigest = 'the digest was wrong'

/**
 * Whose turn it is: all sources together where the caller's digest vouches for them, else one after another, each from the
 * first byte. Every source has a turn of its own at most once, so that it ends.
 */
export class Succession {
	readonly #addresses: readonly Address[]
	readonly #vouchedFor: boolean
	readonly #worn = new Set<number>()
	readonly #alone = new Set<number>()
	#gaveUpWhatWasThere = false

	constructor(spec: DownloadSpec) {
		this.#addresses = addressesOf(spec)
		this.#vouchedFor = spec.checksum !== undefined
	}

	get first(): Turn {
		const addresses = this.#vouchedFor ? this.#addresses : this.#addresses.slice(0, 1)
		return { addresses, alone: false, anew: false, why: undefined }
	}

	/** Undefined where nobody is left who could do better. */
	after({ error, worn, mixed, unopened }: TurnEnd): Turn | undefined {
		if (unopened && error.code === 'E_CHANGED' && !this.#gaveUpWhatWasThere) return this.#giveUpWhatIsThere()
		for (const index of worn) this.#worn.add(index)
		if (error.code === 'E_CHECKSUM') return this.#blame(worn, mixed)
		if (this.#addresses.length === 1 || !isOfTheSource(error.code)) return undefined
		return this.#replace()
	}

	/** What an earlier run left is of none of those that can be asked. */
	#giveUpWhatIsThere(): Turn {
		this.#gaveUpWhatWasThere = true
		return { ...this.first, anew: true, why: 'what is there is of no use' }
	}

	/**
	 * One of them sent wrong bytes, and nobody knows which: from the first byte again, from one alone, the first before the others.
	 * Bytes may be of mirrors that the server named, or that an earlier run had, where the caller gave no other address.
	 */
	#blame(worn: readonly number[], mixed: boolean): Turn | undefined {
		if (!mixed) for (const index of worn.slice(0, 1)) this.#alone.add(index)
		return this.#oneAlone(wrongDigest)
	}

	#replace(): Turn | undefined {
		// Once somebody has sent wrong bytes, nothing is mixed any more.
		if (!this.#vouchedFor || this.#alone.size > 0) {
			for (const index of this.#worn) this.#alone.add(index)
			return this.#oneAlone(this.#vouchedFor ? wrongDigest : 'with --checksum, mirrors go on from what is there')
		}
		const addresses = this.#addresses.filter(({ index }) => !this.#worn.has(index))
		return addresses.length === 0 ? undefined : { addresses, alone: false, anew: false, why: undefined }
	}

	#oneAlone(why: string): Turn | undefined {
		const address = this.#addresses.find(({ index }) => !this.#alone.has(index))
		if (address === undefined) return undefined
		this.#alone.add(address.index)
		return { addresses: [address], alone: true, anew: true, why }
	}
}
