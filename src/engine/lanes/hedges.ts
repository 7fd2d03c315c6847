import type { Cancel } from '../../base/abort.ts'
import { hedgeBudgetBytes, hedgePatienceMs, planHedge, type Racer } from '../../control/hedge.ts'
import type { Thief } from '../../control/split.ts'
import type { Claim } from '../../model/segment-map.ts'
import type { Lease } from '../open-connections.ts'
import type { Source } from '../sources/source.ts'
import { Hedge } from './hedge.ts'
import type { Lane } from './lane.ts'
import type { LaneWork } from './lane-work.ts'
import { Shelf } from './shelf.ts'

/** What one hedge may hold: as much as a connection, two blocks of the usual size. */
const mostBlocks = 2

interface Entrant extends Racer {
	readonly claim: Claim
	readonly lane: Lane
}

/** The hedges of one transfer: who is raced, and how much of the file was asked for twice. */
export class Hedges {
	readonly #lanes: readonly Lane[]
	readonly #underWay = new Map<Hedge, Source>()
	/** Each segment is raced for once. */
	readonly #raced = new WeakSet<Claim>()
	#askedBytes = 0

	constructor(lanes: readonly Lane[]) {
		this.#lanes = lanes
	}

	get count(): number {
		return this.#underWay.size
	}

	countAt(source: Source): number {
		return [...this.#underWay.values()].filter(other => other === source).length
	}

	/**
	 * Has a source race one of the lanes for its last bytes, where that is worth a request, over a connection that it opens.
	 * Resolves when the race is over; undefined where there is none.
	 */
	start(work: LaneWork, fresh: Thief, open: () => Lease, cancel: Cancel): Promise<void> | undefined {
		const entrant = this.#plan(work, fresh)
		if (entrant === undefined) return undefined
		this.#raced.add(entrant.claim)
		const lease = open()
		const shelf = shelfFor(entrant, work)
		if (shelf === undefined) {
			lease.release()
			return undefined
		}
		const { claim, lane, position, end } = entrant
		const onMove = (host: string): void => lease.moveTo(host)
		const hedge = new Hedge({ work, claim, lane, range: { start: position, end }, shelf, onMove, cancel })
		this.#askedBytes += end - position
		return this.#run(hedge, entrant, hedgePatienceMs(entrant, fresh), work).finally(() => lease.release())
	}

	/** Gives up those that have nothing left to win. */
	tick(): void {
		for (const hedge of this.#underWay.keys()) hedge.look()
	}

	cancel(): void {
		for (const hedge of this.#underWay.keys()) hedge.cancel()
	}

	async #run(hedge: Hedge, { lane }: Entrant, patienceMs: number, { source, meter }: LaneWork): Promise<void> {
		this.#underWay.set(hedge, source)
		lane.hedged = true
		const won = await hedge.run(patienceMs)
		if (won) meter.hedged += 1
		lane.hedged = false
		this.#underWay.delete(hedge)
	}

	#plan({ map, sink, blocks, canGoOn, clock, meter }: LaneWork, fresh: Thief): Entrant | undefined {
		// An in-order sink has each byte once, and one answer alone may be the file. Under a limit nobody is slow by himself.
		if (!canGoOn || !sink.abilities.randomAccess || map.bytes === undefined || meter.limited) return undefined
		return planHedge(
			this.#lanes.flatMap(lane => this.#entrantOf(lane, clock.now())),
			fresh,
			{
				budgetBytes: hedgeBudgetBytes(map.bytes, blocks.blockBytes) - this.#askedBytes,
				// One byte less, for memory that is asked for ahead.
				memoryBytes: mostBlocks * blocks.blockBytes - 1,
			},
		)
	}

	/** Who waits to ask again has no request to race: its bytes are taken over. Who would lose what it has is left in peace. */
	#entrantOf(lane: Lane, nowMs: number): Entrant[] {
		const { claim, bytesPerSecond, phase, silentSinceMs } = lane
		if (claim === undefined || lane.hedged || lane.paused || !lane.counted || this.#raced.has(claim)) return []
		if (phase !== 'asking' && phase !== 'receiving') return []
		const { position, end } = claim
		return [{ claim, lane, position, end, bytesPerSecond, silentMs: nowMs - silentSinceMs }]
	}
}

function shelfFor({ position, end }: Entrant, { blocks, rateShare, meter }: LaneWork): Shelf | undefined {
	const received = (bytes: number): void => {
		meter.bytesReceived += bytes
	}
	return Shelf.tryTake({ start: position, end }, { blocks, rateShare, received })
}
