import { type Cancel, CancelSource } from '../../base/abort.ts'
import type { ClimbFacts } from '../../control/connections.ts'
import type { Thief } from '../../control/split.ts'
import type { Claim } from '../../model/segment-map.ts'
import type { Lease } from '../governor.ts'
import type { CrewAtWork } from '../meter.ts'
import type { DownloadSpec, EngineDeps } from '../spec.ts'
import { Lane } from './lane.ts'
import { LaneCount } from './lane-count.ts'
import type { LaneMember, LaneWork } from './lane-work.ts'
import type { OpenResponse } from './open-response.ts'
import { Watch } from './watch.ts'

/** Why a lane was cancelled that did nothing wrong: the download is paused, or over. */
class LaneTakenBack extends Error {
	override readonly name = 'LaneTakenBack'
}

/** After so long without a byte a lane says nothing about the line any more: an outage is no cap of the host. */
const livelyMs = 2000

/** What the first lane begins with: the connection that the probe took and, where it is of use, its open response. */
export interface FirstWork {
	readonly lease: Lease
	readonly claim: Claim | undefined
	readonly open: OpenResponse | undefined
}

/** The lanes of one transfer: how many there are, who is given up, and who is taken back. */
export class Crew {
	readonly lanes: Lane[] = []
	readonly #deps: EngineDeps
	readonly #work: LaneWork
	readonly #cancel: CancelSource
	readonly #watch: Watch
	readonly #running = new Set<Promise<void>>()
	readonly #count: LaneCount
	#paused = false
	#nextId = 1
	#settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined

	constructor(spec: DownloadSpec, deps: EngineDeps, work: LaneWork, cancel: Cancel) {
		this.#deps = deps
		this.#work = work
		this.#watch = new Watch(work, spec.asking.stallTimeoutMs)
		this.#cancel = new CancelSource(cancel)
		this.#count = new LaneCount(spec, deps, work, this)
	}

	/** Connections that are open for this download now. */
	get connections(): number {
		return this.lanes.length
	}

	get atWork(): CrewAtWork {
		return {
			lanes: this.lanes.length,
			receiving: this.lanes.filter(lane => lane.receiving).length,
			heldBySink: this.lanes.filter(lane => lane.pausedBySink).length,
		}
	}

	/** How many receive: bytes have come of late, so that the line and the server are up. */
	get receiving(): number {
		return this.lanes.filter(lane => this.#receives(lane)).length
	}

	/** Those, and those that have asked and not been refused. */
	get standing(): number {
		const asks = (lane: Lane): boolean => !lane.receiving && (lane.phase === 'asking' || lane.phase === 'receiving')
		return this.lanes.filter(lane => asks(lane) || this.#receives(lane)).length
	}

	/** What the climb of `auto` has found; undefined where the number was given. */
	get climb(): ClimbFacts | undefined {
		return this.#count.climb
	}

	get paused(): boolean {
		return this.#paused
	}

	/** How many lanes there should be. */
	get wanted(): number {
		return this.#count.allowed
	}

	/** Works until the map is complete. Rejects with the first failure, after all lanes have ended. */
	async work(first: FirstWork): Promise<void> {
		const over = new Promise<void>((resolve, reject) => {
			this.#settle = { resolve, reject }
		})
		const stopListening = this.#cancel.onCancel(reason => this.#settle?.reject(reason))
		const leave = this.#deps.governor.join(this.#count, () => this.fill())
		try {
			this.#begin(first)
			this.fill()
			this.#endIfComplete()
			await over
		} finally {
			this.#settle = undefined
			stopListening()
			for (const lane of this.lanes) lane.cancel(this.#cancel.reason ?? new LaneTakenBack())
			await Promise.allSettled(this.#running)
			this.#count.learn()
			leave()
			this.#cancel.detach()
		}
	}

	tick(nowMs: number): void {
		for (const lane of this.lanes) lane.tick(nowMs)
		this.#watch.tick(this.lanes, nowMs)
		this.#count.look(nowMs, false)
		this.fill()
	}

	/** After a sleep: what was measured until now says nothing about the line that there is now. */
	wake(nowMs: number): void {
		for (const lane of this.lanes) lane.wake(nowMs)
		this.#watch.wake()
		this.#count.look(nowMs, true)
	}

	/** Starts lanes for as long as more are wanted, allowed, and of use. What forbids to go on ends the download. */
	fill(): void {
		try {
			this.#startWanted()
		} catch (error) {
			this.#work.fail(error)
		}
	}

	/** Whether a lane that has ended its segment should be taken back: never by a cut, always at the end of a response. */
	isSurplus(lane: LaneMember): boolean {
		return this.#paused || this.lanes.findIndex(({ id }) => id === lane.id) >= this.wanted
	}

	someReceive(but?: LaneMember): boolean {
		return this.lanes.some(lane => lane !== but && this.#receives(lane))
	}

	/**
	 * What a lane would bring to a new segment: its own rate or, before it has one, what its siblings hold and held. Those that
	 * still receive near the end are the slow ones, and do not speak for the others.
	 */
	thief(lane: LaneMember | undefined): Thief {
		const rates = this.lanes.flatMap(other => (other.receiving ? (other.bytesPerSecond ?? []) : []))
		const { headDelay, connectDelay, endedLaneRate } = this.#work.meter
		const delayMs = headDelay.value + (lane?.bytes ? 0 : connectDelay.value)
		return { bytesPerSecond: lane?.bytesPerSecond ?? endedLaneRate.medianWith(rates), delayMs }
	}

	/** The host refused a lane while others were served. */
	refused(retryAfterMs: number): void {
		this.#count.refused(retryAfterMs)
	}

	/** The host asks all of us to wait: a lane does, and there shall be no more of them meanwhile. */
	askedToWait(retryAfterMs: number): void {
		this.#count.askedToWait(retryAfterMs)
	}

	/** No further lanes: nothing but the one stream can be trusted. */
	keepToOne(): void {
		this.#count.keepToOne()
	}

	setConnections(connections: 'auto' | number): void {
		this.#count.set(connections)
		this.fill()
	}

	pause(): void {
		this.#paused = true
		for (const lane of this.lanes) lane.cancel(new LaneTakenBack())
	}

	resume(): void {
		this.#paused = false
		this.fill()
	}

	#startWanted(): void {
		if (this.#paused || this.#settle === undefined || this.#cancel.cancelled) return
		while (this.#count.mayGrow) {
			const claim = this.#mayShare() ? this.#work.nextClaim() : undefined
			if (claim === undefined) return
			this.#start(this.#deps.governor.open(this.#count), claim)
		}
	}

	/** Without a length there is one stream, and nobody to share it with. */
	#mayShare(): boolean {
		const { map } = this.#work
		return !map.complete && (this.lanes.length === 0 || map.bytes !== undefined)
	}

	#begin({ lease, claim, open }: FirstWork): void {
		const work = claim ?? this.#work.nextClaim()
		if (work === undefined) lease.release()
		else this.#start(lease, work, open)
	}

	#start(lease: Lease, claim: Claim, open?: OpenResponse): void {
		const lane = new Lane(this.#nextId, this.#work, this.#cancel)
		this.#nextId += 1
		this.lanes.push(lane)
		lane.onMove = host => lease.moveTo(host)
		const running = lane
			.run(claim, open)
			.catch(error => {
				if (!(error instanceof LaneTakenBack)) this.#work.fail(error)
			})
			.finally(() => {
				this.lanes.splice(this.lanes.indexOf(lane), 1)
				const rate = lane.shownBytesPerSecond
				if (rate !== undefined) this.#work.meter.endedLaneRate.note(rate)
				this.#running.delete(running)
				lease.release()
				this.#endIfComplete()
				this.fill()
			})
		this.#running.add(running)
		this.#work.meter.connectionsPeak = Math.max(this.#work.meter.connectionsPeak, this.lanes.length)
	}

	#endIfComplete(): void {
		if (this.#work.map.complete) this.#settle?.resolve()
	}

	#receives(lane: Lane): boolean {
		if (!lane.receiving) return false
		return lane.pausedBySink || this.#deps.clock.now() - lane.silentSinceMs < livelyMs
	}
}
