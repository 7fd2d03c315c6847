import {
	type ClimbFacts,
	type ConnectionsState,
	lanesThatPaid,
	lanesToBeginWith,
	lowerCeiling,
	observe,
	raiseCeiling,
	startConnections,
} from '../../control/connections.ts'
import { afterRefusal, afterSuccess, allowedNow, type HostBudget, unknownBudget } from '../../control/host-budget.ts'
import type { Party } from '../governor.ts'
import type { DownloadSpec, EngineDeps } from '../spec.ts'
import type { Lane } from './lane.ts'
import type { LaneWork } from './lane-work.ts'

/** What lanes are counted of. */
export interface CountedCrew {
	readonly lanes: readonly Lane[]
	readonly paused: boolean
	/** How many lanes receive. */
	readonly receiving: number
	/** Those, and those that ask and have not been refused. */
	readonly standing: number
}

/** How many lanes a transfer should have: what was asked for or what `auto` finds, within its share of what the host allows. */
export class LaneCount implements Party {
	readonly #spec: DownloadSpec
	readonly #deps: Pick<EngineDeps, 'clock' | 'governor'>
	readonly #work: LaneWork
	readonly #crew: CountedCrew
	#connections: 'auto' | number
	#controller: ConnectionsState
	/** What the host has shown to this download: an exact number goes by that alone. */
	#own: HostBudget = unknownBudget
	#single = false

	constructor(spec: DownloadSpec, deps: Pick<EngineDeps, 'clock' | 'governor'>, work: LaneWork, crew: CountedCrew) {
		this.#spec = spec
		this.#deps = deps
		this.#work = work
		this.#crew = crew
		this.#connections = spec.connections
		const paid = deps.governor.hosts.paid(work.url.host)
		const begin = lanesToBeginWith(paid, this.#bytesLeft)
		this.#controller = startConnections({ ceiling: spec.maxConnections, begin })
	}

	get host(): string {
		return this.#work.url.host
	}

	get exact(): boolean {
		return this.#connections !== 'auto'
	}

	get connections(): number {
		return this.#crew.lanes.length
	}

	get receiving(): number {
		return this.#crew.receiving
	}

	get standing(): number {
		return this.#crew.standing
	}

	/** If the governor has them. */
	get wanted(): number {
		if (this.#single) return 1
		if (this.#crew.paused) return 0
		if (this.#connections === 'auto') return this.#controller.target
		return Math.min(this.#connections, allowedNow(this.#own, this.#deps.clock.now()))
	}

	/** How many there should be at this moment. */
	get allowed(): number {
		return Math.max(1, Math.min(this.wanted, this.#deps.governor.shareOf(this)))
	}

	/** What the climb of `auto` has found; undefined where the number was given. */
	get climb(): ClimbFacts | undefined {
		return this.#connections === 'auto' ? this.#controller.facts : undefined
	}

	/** Whether one lane more is wanted and may be had. */
	get mayGrow(): boolean {
		return this.connections < this.allowed && this.#deps.governor.mayOpen(this)
	}

	set(connections: 'auto' | number): void {
		this.#connections = connections
	}

	/** No further lanes: nothing but the one stream can be trusted. */
	keepToOne(): void {
		this.#single = true
	}

	/** The host refused a lane while others were served. */
	refused(retryAfterMs: number): void {
		const { clock } = this.#deps
		const refusal = { working: this.#crew.standing - 1, nowMs: clock.now(), retryAfterMs }
		this.#own = afterRefusal(this.#own, refusal)
		this.#deps.governor.refused(this, retryAfterMs)
		this.#bound(clock.now())
	}

	/** The host wants fewer requests for a while, from all downloads. */
	askedToWait(retryAfterMs: number): void {
		this.#deps.governor.askedToWait(this.host, retryAfterMs)
		this.#bound(this.#deps.clock.now())
	}

	/** `void` where nothing that came since the last look says anything about the line. */
	look(nowMs: number, isVoid: boolean): void {
		this.#own = afterSuccess(this.#own, this.#crew.receiving, nowMs)
		this.#deps.governor.noteServed(this.host)
		if (this.#connections !== 'auto' || this.#single) return
		this.#bound(nowMs)
		this.#observe(nowMs, isVoid)
	}

	/** The transfer is over: the number that was found to pay is for later runs. */
	learn(): void {
		this.#deps.governor.hosts.learn(this.host, this.#paid)
	}

	/** Who was given a number finds nothing out. */
	get #paid(): number | undefined {
		return this.#connections === 'auto' && !this.#single ? lanesThatPaid(this.#controller) : undefined
	}

	/** The ceiling of the climb is the share that it would have if it wanted all. */
	#bound(nowMs: number): void {
		const { governor } = this.#deps
		const ceiling = Math.max(1, Math.min(this.#spec.maxConnections, governor.shareOf(this, this.#spec.maxConnections)))
		const by = governor.isCapped(this.host) ? 'host' : 'ceiling'
		this.#controller = raiseCeiling(lowerCeiling(this.#controller, ceiling, nowMs, by), ceiling, by)
	}

	#observe(nowMs: number, isVoid: boolean): void {
		const { meter } = this.#work
		const { lanes, paused } = this.#crew
		this.#controller = observe(this.#controller, {
			nowMs,
			bytesReceived: meter.bytesReceived,
			lanes: lanes.map(({ id, bytes, receiving }) => ({ id, bytes, receiving })),
			headDelayMs: meter.headDelay.value,
			bytesLeft: this.#bytesLeft,
			// Neither what the disk holds back nor connections that may be dead say anything about the line.
			paused: isVoid || paused || lanes.every(lane => lane.pausedBySink) || lanes.some(lane => lane.doubtful),
		})
	}

	get #bytesLeft(): number | undefined {
		const { map } = this.#work
		return map.bytes === undefined ? undefined : map.bytes - map.writtenBytes
	}
}
