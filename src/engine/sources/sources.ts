import { sourceForNextLane } from '../../control/mirror-ranking.ts'
import type { LaneMember, LaneWork } from '../lanes/lane-work.ts'
import type { Source } from './source.ts'

/** The sources that share the work of one transfer. There is always one. */
export class Sources {
	readonly #all: LaneWork[] = []
	#sharing: readonly LaneWork[] = []

	/** Those that lanes may be given to. */
	get sharing(): readonly LaneWork[] {
		return this.#sharing
	}

	/** Whether bytes of more than one of them are in the file. */
	get mixed(): boolean {
		return this.#all.filter(({ source }) => source.hasWritten).length > 1
	}

	add(work: LaneWork): void {
		this.#all.push(work)
		this.#sharing = [...this.#sharing, work]
	}

	/** Whether the download could go on without this one. */
	canSpare(source: Source): boolean {
		return this.#sharing.some(other => other.source !== source)
	}

	/** No lane goes there any more. The last one is kept. */
	drop(source: Source): void {
		if (this.canSpare(source)) this.#sharing = this.#sharing.filter(other => other.source !== source)
	}

	has(source: Source): boolean {
		return this.#sharing.some(other => other.source === source)
	}

	/** Those that were given up while others went on. */
	get dropped(): readonly number[] {
		return this.#all.filter(({ source }) => !this.has(source)).map(({ source }) => source.index)
	}

	/** Where the next lane goes; undefined where no host takes one. */
	forNextLane(lanes: readonly LaneMember[], mayOpenAt: (source: Source) => boolean): LaneWork | undefined {
		const facts = this.#sharing.map(work => {
			const own = lanes.filter(lane => lane.source === work.source)
			return {
				work,
				lanes: own.length,
				bytesPerSecond: rateOf(work.source, own),
				mayOpen: mayOpenAt(work.source),
			}
		})
		return sourceForNextLane(facts)?.work
	}
}

/** Lanes that have no rate yet are taken to do as those that have. */
function rateOf({ endedLaneRate }: Source, lanes: readonly LaneMember[]): number | undefined {
	const rates = lanes.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? [])
	if (rates.length === 0) {
		const median = endedLaneRate.medianWith([])
		return median === undefined ? undefined : median * lanes.length
	}
	return (rates.reduce((sum, rate) => sum + rate, 0) * lanes.length) / rates.length
}
