import type { Clock } from '../../base/clock.ts'
import type { Party } from '../parties.ts'
import type { Source } from '../sources/source.ts'
import type { Lane } from './lane.ts'
import { receives, stands } from './standing.ts'

/** What shares are counted of. */
export interface SharedCount {
	readonly lanes: readonly Lane[]
	readonly exact: boolean
	/** Connections that race a lane for its last bytes. */
	hedgesAt(source: Source): number
	/** How many lanes the download would have there, if it could. */
	wantedAt(source: Source): number
}

/** The lanes that one download has at one source, as others at the same host see them. */
export class HostShare implements Party {
	readonly source: Source
	readonly #count: SharedCount
	readonly #clock: Clock

	constructor(source: Source, count: SharedCount, clock: Clock) {
		this.source = source
		this.#count = count
		this.#clock = clock
	}

	get host(): string {
		return this.source.host
	}

	get exact(): boolean {
		return this.#count.exact
	}

	get wanted(): number {
		return this.#count.wantedAt(this.source)
	}

	get connections(): number {
		return this.#lanes.length + this.#count.hedgesAt(this.source)
	}

	get receiving(): number {
		const nowMs = this.#clock.now()
		return this.#lanes.filter(lane => receives(lane, nowMs)).length
	}

	get standing(): number {
		const nowMs = this.#clock.now()
		return this.#lanes.filter(lane => stands(lane, nowMs)).length + this.#count.hedgesAt(this.source)
	}

	get #lanes(): readonly Lane[] {
		return this.#count.lanes.filter(lane => lane.source === this.source)
	}
}
