import {
	type ClimbFacts,
	type ConnectionsState,
	joinedByAnother,
	lanesThatPaid,
	lanesToBeginWith,
	lowerCeiling,
	observe,
	raiseCeiling,
	startConnections,
} from '../../control/connections.ts'
import type { Source } from '../sources/source.ts'
import type { Sources } from '../sources/sources.ts'
import type { DownloadSpec, EngineDeps } from '../spec.ts'
import { HostShare, type SharedCount } from './host-share.ts'
import type { Lane } from './lane.ts'
import type { LaneWork } from './lane-work.ts'

/** What lanes are counted of. */
export interface CountedCrew {
	readonly lanes: readonly Lane[]
	readonly paused: boolean
	hedgesAt(source: Source): number
}

/** What is counted for. */
export interface CountedWork extends Pick<LaneWork, 'map' | 'meter' | 'url'> {
	/** Connections that are kept for sources which may join in a moment. */
	reservedLanes(nowMs: number): number
}

/** How many lanes a transfer should have: what was asked for or what `auto` finds, within its shares of what the hosts allow. */
export class LaneCount implements SharedCount {
	readonly #spec: DownloadSpec
	readonly #deps: Pick<EngineDeps, 'clock' | 'governor'>
	readonly #work: CountedWork
	readonly #sources: Sources
	readonly #crew: CountedCrew
	readonly #shares = new Map<Source, HostShare>()
	#connections: 'auto' | number
	#controller: ConnectionsState
	#single = false

	constructor(
		spec: DownloadSpec,
		deps: Pick<EngineDeps, 'clock' | 'governor'>,
		work: CountedWork,
		sources: Sources,
		crew: CountedCrew,
	) {
		this.#spec = spec
		this.#deps = deps
		this.#work = work
		this.#sources = sources
		this.#crew = crew
		this.#connections = spec.connections
		const paid = deps.governor.hosts.paid(work.url.host)
		const begin = lanesToBeginWith(paid, this.#bytesLeft)
		this.#controller = startConnections({ ceiling: spec.maxConnections, begin })
	}

	get lanes(): readonly Lane[] {
		return this.#crew.lanes
	}

	get exact(): boolean {
		return this.#connections !== 'auto'
	}

	/** How many there should be at this moment. */
	get allowed(): number {
		const wanted = this.#wanted
		// One may always be had.
		if (wanted <= 1) return 1
		const shares = this.#sum(source => this.#deps.governor.shareOf(this.shareAt(source)))
		return Math.max(1, Math.min(wanted, shares))
	}

	/** Whether there should be more than so many. */
	isBelow(connections: number): boolean {
		return connections < Math.max(1, this.#wanted) && connections < this.allowed
	}

	/** What the climb of `auto` has found; undefined where the number was given. */
	get climb(): ClimbFacts | undefined {
		return this.exact ? undefined : this.#controller.facts
	}

	/** What this download has, and may have, at one source. */
	shareAt(source: Source): HostShare {
		const known = this.#shares.get(source)
		if (known !== undefined) return known
		const share = new HostShare(source, this, this.#deps.clock)
		this.#shares.set(source, share)
		return share
	}

	/** All that it wants, but what it has elsewhere. */
	wantedAt(source: Source): number {
		if (!this.#sources.has(source)) return 0
		const elsewhere = this.lanes.filter(lane => lane.source !== source).length
		const least = this.#crew.paused ? 0 : 1
		const most = this.exact ? source.allowedNow(this.#deps.clock.now()) : Number.POSITIVE_INFINITY
		return Math.max(least, Math.min(this.#wanted - elsewhere, most))
	}

	hedgesAt(source: Source): number {
		return this.#crew.hedgesAt(source)
	}

	/** Whether a source can have a lane more. */
	mayOpenAt(source: Source): boolean {
		return this.#deps.governor.mayOpen(this.shareAt(source))
	}

	/** Another source shares the work: it gets a lane at once. */
	joinedByAnother(): void {
		const nowMs = this.#deps.clock.now()
		this.#bound(nowMs)
		this.#controller = joinedByAnother(this.#controller, nowMs)
	}

	set(connections: 'auto' | number): void {
		this.#connections = connections
	}

	/** No further lanes: nothing but the one stream can be trusted. */
	keepToOne(): void {
		this.#single = true
	}

	/** A host refused a lane while others were served. */
	refused(source: Source, retryAfterMs: number): void {
		const share = this.shareAt(source)
		const nowMs = this.#deps.clock.now()
		source.refused(share.standing - 1, nowMs, retryAfterMs)
		this.#deps.governor.refused(share, retryAfterMs)
		this.#bound(nowMs)
	}

	/** A host wants fewer requests for a while, from all downloads. */
	askedToWait(source: Source, retryAfterMs: number): void {
		this.#deps.governor.askedToWait(source.host, retryAfterMs)
		this.#bound(this.#deps.clock.now())
	}

	/** `isVoid` where nothing that came since the last look says anything about the line. */
	look(nowMs: number, isVoid: boolean): void {
		for (const share of this.#shares.values()) this.#deps.governor.noteWish(share)
		for (const { source } of this.#sources.sharing) {
			source.served(this.shareAt(source).receiving, nowMs)
			this.#deps.governor.noteServed(source.host)
		}
		if (this.exact || this.#single) return
		this.#bound(nowMs)
		this.#observe(nowMs, isVoid)
	}

	/** The transfer is over: what was found of its hosts is for later runs. */
	learn(): void {
		for (const { source } of this.#sources.sharing) this.#deps.governor.hosts.learn(source.host, this.#paid)
	}

	/** If the governor has them. */
	get #wanted(): number {
		if (this.#single) return 1
		if (this.#crew.paused) return 0
		if (this.#connections === 'auto') return this.#controller.target
		const nowMs = this.#deps.clock.now()
		const allowed = this.#sum(source => source.allowedNow(nowMs))
		return Math.min(this.#connections - this.#work.reservedLanes(nowMs), allowed)
	}

	/** Who was given a number finds nothing out, and what several sources paid together says nothing of one. */
	get #paid(): number | undefined {
		if (this.exact || this.#single || this.#sources.sharing.length > 1) return undefined
		return lanesThatPaid(this.#controller)
	}

	/** The ceiling of the climb is what it would have if it wanted all. */
	#bound(nowMs: number): void {
		const { governor } = this.#deps
		const { maxConnections } = this.#spec
		const shares = this.#sum(source => governor.shareOf(this.shareAt(source), maxConnections))
		const ceiling = Math.max(1, Math.min(maxConnections, shares))
		const by = this.#sources.sharing.every(({ source }) => governor.isCapped(source.host)) ? 'host' : 'ceiling'
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
			// Neither what the disk or a limit holds back nor connections that may be dead say anything about the line.
			paused:
				isVoid ||
				paused ||
				meter.limited ||
				lanes.every(lane => lane.pausedBySink) ||
				lanes.some(lane => lane.doubtful),
		})
	}

	#sum(of: (source: Source) => number): number {
		return this.#sources.sharing.reduce((sum, { source }) => sum + of(source), 0)
	}

	get #bytesLeft(): number | undefined {
		const { map } = this.#work
		return map.bytes === undefined ? undefined : map.bytes - map.writtenBytes
	}
}
