import { type Cancel, CancelSource } from '../../base/abort.ts'
import {
	type ClimbFacts,
	type ConnectionsState,
	lowerCeiling,
	observe,
	raiseCeiling,
	startConnections,
} from '../../control/connections.ts'
import { afterRefusal, afterSuccess, allowedNow, type HostBudget, unknownBudget } from '../../control/host-budget.ts'
import type { Thief } from '../../control/split.ts'
import type { Claim } from '../../model/segment-map.ts'
import type { Lease } from '../governor.ts'
import type { CrewAtWork } from '../meter.ts'
import type { DownloadSpec, EngineDeps } from '../spec.ts'
import { Lane } from './lane.ts'
import type { LaneMember, LaneWork } from './lane-work.ts'
import type { OpenResponse } from './open-response.ts'
import { Watch } from './watch.ts'

/** Why a lane was cancelled that did nothing wrong: the download is paused, or over. */
class LaneTakenBack extends Error {
	override readonly name = 'LaneTakenBack'
}

/** What the first lane begins with: the connection that the probe took and, where it is of use, its open response. */
export interface FirstWork {
	readonly lease: Lease
	readonly claim: Claim | undefined
	readonly open: OpenResponse | undefined
}

/** The lanes of one transfer: how many there are, who is given up, and who is taken back. */
export class Crew {
	readonly lanes: Lane[] = []
	readonly #spec: DownloadSpec
	readonly #deps: EngineDeps
	readonly #work: LaneWork
	readonly #cancel: CancelSource
	readonly #watch: Watch
	readonly #running = new Set<Promise<void>>()
	#connections: 'auto' | number
	#controller: ConnectionsState
	#ceiling: HostBudget = unknownBudget
	#single = false
	#paused = false
	#nextId = 1
	#settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined

	constructor(spec: DownloadSpec, deps: EngineDeps, work: LaneWork, cancel: Cancel) {
		this.#spec = spec
		this.#deps = deps
		this.#work = work
		this.#watch = new Watch(work, spec.asking.stallTimeoutMs)
		this.#cancel = new CancelSource(cancel)
		this.#connections = spec.connections
		this.#controller = startConnections({ ceiling: spec.maxConnections })
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

	/** What the climb of `auto` has found; undefined where the number was given. */
	get climb(): ClimbFacts | undefined {
		return this.#connections === 'auto' ? this.#controller.facts : undefined
	}

	get paused(): boolean {
		return this.#paused
	}

	/** How many lanes there should be. */
	get wanted(): number {
		if (this.#single) return 1
		const wanted = this.#connections === 'auto' ? this.#controller.target : this.#connections
		return Math.max(1, Math.min(wanted, allowedNow(this.#ceiling, this.#deps.clock.now())))
	}

	/** Works until the map is complete. Rejects with the first failure, after all lanes have ended. */
	async work(first: FirstWork): Promise<void> {
		const over = new Promise<void>((resolve, reject) => {
			this.#settle = { resolve, reject }
		})
		const stopListening = this.#cancel.onCancel(reason => this.#settle?.reject(reason))
		const stopFollowing = this.#deps.governor.onChange(() => this.fill())
		try {
			this.#begin(first)
			this.fill()
			this.#endIfComplete()
			await over
		} finally {
			this.#settle = undefined
			stopFollowing()
			stopListening()
			for (const lane of this.lanes) lane.cancel(this.#cancel.reason ?? new LaneTakenBack())
			await Promise.allSettled(this.#running)
			this.#cancel.detach()
		}
	}

	tick(nowMs: number): void {
		for (const lane of this.lanes) lane.tick(nowMs)
		this.#watch.tick(this.lanes, nowMs)
		if (this.#connections === 'auto' && !this.#single) this.#observe(nowMs)
		this.#noteServed(nowMs)
		this.fill()
	}

	/** After a sleep: what was measured until now says nothing about the line that there is now. */
	wake(nowMs: number): void {
		for (const lane of this.lanes) lane.wake(nowMs)
		this.#watch.wake()
		if (this.#connections === 'auto' && !this.#single) this.#observe(nowMs, true)
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
		if (this.lanes.length > 1 && this.#deps.governor.isAwaited(this.#work.url.host)) return true
		return this.#paused || this.lanes.findIndex(({ id }) => id === lane.id) >= this.wanted
	}

	someReceive(but?: LaneMember): boolean {
		return this.lanes.some(lane => lane !== but && lane.receiving)
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

	/** The host refused this lane while others were served. */
	refused(lane: LaneMember, retryAfterMs: number): void {
		const working = this.lanes.filter(other => other !== lane && other.receiving).length
		this.#ceiling = afterRefusal(this.#ceiling, { working, nowMs: this.#deps.clock.now(), retryAfterMs })
		this.#deps.governor.refused(this.#work.url.host, working, retryAfterMs)
		this.#controller = lowerCeiling(this.#controller, Math.max(1, working), this.#deps.clock.now())
	}

	/** No further lanes: nothing but the one stream can be trusted. */
	keepToOne(): void {
		this.#single = true
	}

	setConnections(connections: 'auto' | number): void {
		this.#connections = connections
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
		const { host } = this.#work.url
		const exact = this.#connections !== 'auto'
		while (this.lanes.length < this.wanted && this.#deps.governor.mayOpen(host, exact)) {
			const claim = this.#mayShare() ? this.#work.nextClaim() : undefined
			const lease = claim === undefined ? undefined : this.#deps.governor.tryAcquire(host, exact)
			if (claim === undefined || lease === undefined) return
			this.#start(lease, claim)
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

	#observe(nowMs: number, woke = false): void {
		const { map, meter } = this.#work
		this.#controller = observe(this.#controller, {
			nowMs,
			bytesReceived: meter.bytesReceived,
			lanes: this.lanes.map(({ id, bytes, receiving }) => ({ id, bytes, receiving })),
			headDelayMs: meter.headDelay.value,
			bytesLeft: map.bytes === undefined ? undefined : map.bytes - map.writtenBytes,
			// Neither what the disk holds back nor connections that may be dead say anything about the line.
			paused:
				woke || this.#paused || this.lanes.every(lane => lane.pausedBySink) || this.lanes.some(lane => lane.doubtful),
		})
	}

	/** Lanes that were asking when a sibling was refused show, once they receive, that the host takes them after all. */
	#noteServed(nowMs: number): void {
		const working = this.lanes.filter(lane => lane.receiving).length
		this.#ceiling = afterSuccess(this.#ceiling, working, nowMs)
		this.#deps.governor.served(this.#work.url.host, working)
		const allowed = Math.min(this.#spec.maxConnections, allowedNow(this.#ceiling, nowMs))
		this.#controller = raiseCeiling(this.#controller, allowed)
	}
}
