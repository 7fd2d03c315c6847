import type { Cancel } from '../../base/abort.ts'
import type { DownloadError } from '../../base/errors.ts'
import { fewOfEachHost } from '../../control/mirror-ranking.ts'
import type { DigestValue } from '../../model/digest.ts'
import type { NoticeEvent } from '../events.ts'
import { Locator } from '../lanes/locator.ts'
import type { Begun } from '../opening/begun.ts'
import type { DownloadSpec, EngineDeps } from '../spec.ts'
import { type Address, addressesOfBegun } from './address.ts'
import { Admission } from './admission.ts'
import type { Agreement, Sample } from './agreement.ts'
import { noticeOfLeftOut } from './left-out.ts'
import { Source } from './source.ts'

/** Why a mirror is not compared any more. */
class TransferOver extends Error {
	override readonly name = 'TransferOver'
}

/** One for all: where it was made says nothing, and to note that takes time. */
const transferOver = new TransferOver()

/** What a transfer lets its further sources do. */
export interface JoiningDeps {
	readonly cancel: Cancel
	readonly tell: (event: NoticeEvent) => void
	/** Gives the source lanes. */
	readonly join: (source: Source) => void
	readonly fail: (error: unknown) => void
}

/** How further sources come to share the work of a transfer: compared with what is there, noted in the journal, then let in. */
export class Joining {
	readonly #deps: Pick<EngineDeps, 'transport'>
	readonly #begun: Begun
	readonly #more: JoiningDeps
	readonly #addresses: readonly Address[]
	readonly #admission: Admission
	/** The journal is told once, before the first byte of a second source. */
	#shared: Promise<void> | undefined

	constructor(spec: DownloadSpec, deps: EngineDeps, begun: Begun, more: JoiningDeps) {
		this.#deps = deps
		this.#begun = begun
		this.#more = more
		this.#addresses = addressesOfBegun(spec, begun)
		const { digests, sharedUnder = digests[0], map } = begun
		this.#admission = new Admission(mayShare(spec, begun) ? this.#others : [], {
			...deps,
			mostLanes: spec.connections === 'auto' ? spec.maxConnections : spec.connections,
			known: { bytes: map.bytes ?? 0, digests, under: sharedUnder },
			admit: (address, agreement) => this.#admit(address, agreement),
			leaveOut: (address, why) => this.tellLeftOut(address, why),
			fail: more.fail,
		})
	}

	/** Whether bytes are wanted by which others are measured. */
	get wantsSample(): boolean {
		return this.#admission.wantsSample
	}

	/** Connections that are kept for those who may join in a moment. */
	reserved(nowMs: number): number {
		return this.#admission.reserved(nowMs)
	}

	/** These bytes are there, and so much is left to fetch. */
	sampled(sample: Sample, bytesLeft: number): void {
		this.#admission.sampled(sample, bytesLeft)
	}

	/** Nobody joins any more; resolves when all that was under way has ended. */
	async end(): Promise<void> {
		await this.#admission.end(transferOver)
	}

	/** Says that a source is of no use any more, and why. */
	tellLeftOut({ index }: Pick<Source, 'index'>, why: DownloadError): void {
		const { url } = this.#addresses[index] as Address
		this.#more.tell(noticeOfLeftOut(url, why))
	}

	get #others(): readonly Address[] {
		return fewOfEachHost(this.#addresses).filter(({ index }) => index !== this.#begun.address.index)
	}

	/** Before the first byte of another source is written, the journal has to know that all of them count only together. */
	async #admit(address: Address, { committed, url, bytesPerSecond }: Agreement): Promise<void> {
		const { digests, sharedUnder, place } = this.#begun
		const { cancel, fail, join } = this.#more
		try {
			if (sharedUnder === undefined) this.#shared ??= place.journal?.share(digests[0] as DigestValue)
			await this.#shared
		} catch (error) {
			return fail(error)
		}
		if (cancel.cancelled) return
		const source = new Source(address.index, new Locator(this.#deps.transport, address, url), committed)
		if (bytesPerSecond !== undefined) source.endedLaneRate.note(bytesPerSecond)
		join(source)
	}
}

/** Not where nothing proves that others have the same file, nor where one connection was asked for. */
function mayShare({ connections }: DownloadSpec, { alone, single, digests, map }: Begun): boolean {
	return !alone && !single && digests.length > 0 && map.bytes !== undefined && connections !== 1
}
