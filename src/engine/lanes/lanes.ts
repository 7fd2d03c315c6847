import type { Cancel } from '../../base/abort.ts'
import type { Thief } from '../../control/split.ts'
import type { CrewAtWork, Meter } from '../meter.ts'
import type { Source } from '../sources/source.ts'
import { Lane } from './lane.ts'
import type { LaneMember, LaneWork } from './lane-work.ts'
import { receives } from './standing.ts'

/** The lanes that are at work for one transfer, and what is asked of them together. */
export class Lanes {
	readonly #all: Lane[] = []
	#nextId = 1

	/** In the order in which they began; it is the same list while they come and go. */
	get all(): readonly Lane[] {
		return this.#all
	}

	get atWork(): Omit<CrewAtWork, 'wanted'> {
		return {
			lanes: this.#all.length,
			receiving: this.#all.filter(lane => lane.receiving).length,
			heldBySink: this.#all.filter(lane => lane.pausedBySink).length,
		}
	}

	/** One more. Whoever has it run says when it has ended. */
	begin(work: LaneWork, cancel: Cancel): Lane {
		const lane = new Lane(this.#nextId, work, cancel)
		this.#nextId += 1
		this.#all.push(lane)
		return lane
	}

	/** From here on its rate speaks for its source. */
	ended(lane: Lane): void {
		this.#all.splice(this.#all.indexOf(lane), 1)
		const rate = lane.shownBytesPerSecond
		if (rate !== undefined) lane.source.endedLaneRate.note(rate)
	}

	tick(nowMs: number): void {
		for (const lane of this.#all) lane.tick(nowMs)
	}

	wake(nowMs: number): void {
		for (const lane of this.#all) lane.wake(nowMs)
	}

	cancel(reason: unknown): void {
		for (const lane of this.#all) lane.cancel(reason)
	}

	/**
	 * How many are worth more. The first lane of each source comes before the others: how much a source would bring shows only
	 * while it has one.
	 */
	rankOf({ id }: LaneMember): number {
		const isFirst = (lane: Lane): boolean => this.#all.find(({ source }) => source === lane.source) === lane
		const byWorth = [...this.#all.filter(isFirst), ...this.#all.filter(lane => !isFirst(lane))]
		return byWorth.findIndex(lane => lane.id === id)
	}

	/** How many of the same source began before. */
	rankAtSource({ id, source }: LaneMember): number {
		return this.#all.filter(lane => lane.source === source).findIndex(lane => lane.id === id)
	}

	/** Whether others of the same source receive. */
	siblingsReceive(of: LaneMember, nowMs: number): boolean {
		return this.#all.some(lane => lane !== of && lane.source === of.source && receives(lane, nowMs))
	}

	/**
	 * What a lane would bring to a new segment: its own rate or, before it has one, what those of its source hold and held. Those
	 * that still receive near the end are the slow ones, and do not speak for the others.
	 */
	thief(source: Source, lane: LaneMember | undefined, { headDelay, connectDelay }: Meter): Thief {
		const siblings = this.#all.filter(other => other.source === source && other.receiving)
		const rates = siblings.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? [])
		const delayMs = headDelay.value + (lane?.bytes ? 0 : connectDelay.value)
		return { bytesPerSecond: lane?.bytesPerSecond ?? source.endedLaneRate.medianWith(rates), delayMs }
	}
}
