import type { Cancel } from '../../base/abort.ts'
import type { Place } from '../../destination/contract.ts'
import type { Committed } from '../../model/combine.ts'
import type { Digest, DigestValue } from '../../model/digest.ts'
import type { SegmentMap } from '../../model/segment-map.ts'
import type { Resource } from '../../source/resource.ts'
import type { Exchange, Transport } from '../../transport/contract.ts'
import type { Lease } from '../open-connections.ts'
import type { Address } from '../sources/address.ts'
import type { EngineDeps } from '../spec.ts'

/** What an opening is given, beside what the download shall be. */
export interface OpeningDeps extends Pick<EngineDeps, 'destination' | 'random' | 'clock'> {
	readonly transport: Transport
	readonly lease: Lease
	readonly cancel: Cancel
	readonly notice: (message: string) => void
	/** The source that is asked. */
	readonly address: Address
	/** Where it is known to be by now, if not at its own URL. */
	readonly at: URL
	/** Whether no other source may share the work. */
	readonly alone: boolean
	/** Digests that another source has sent: they are of this one's bytes too, or it has another file. */
	readonly known: readonly Digest[]
	/** False once the server has shown that its ranges are not to be trusted. */
	readonly ranged: boolean
	/** Whether what an earlier run left has been found to be of no use: it is replaced, and not looked at again. */
	readonly anew: boolean
	/** The only version that will do: ranges are gone, and the whole that replaces them must be of the same. */
	readonly only: Committed | undefined
}

/**
 * What a transfer begins with. The place, the lease and the open response are the transfer's from here on: its lanes give
 * the last two back, and `finish` or `let-go` the place.
 */
export interface Begun {
	readonly kind: 'begun'
	/** The source that it begins with. */
	readonly address: Address
	readonly alone: boolean
	/** What will be checked in the end, and bytes of other sources count by: the caller's first. */
	readonly digests: readonly Digest[]
	/** Where bytes of several sources are there already, or of another URL than the journal's: the digest under which they count. */
	readonly sharedUnder: DigestValue | undefined
	readonly resource: Resource
	readonly place: Place
	readonly map: SegmentMap
	readonly committed: Committed
	/** The connection that the first request took. */
	readonly lease: Lease
	/** The first response, still open, and where in the file it begins and ends; undefined where it is not of use. */
	readonly response:
		| { readonly exchange: Exchange; readonly start: number; readonly end: number; readonly openEnded: boolean }
		| undefined
	/** One stream only: ranges are not offered, not trusted, or nothing proves that two answers are of one version. */
	readonly single: boolean
	/** Bytes that an earlier run left and that can be trusted. */
	readonly resumedFrom: number
}
