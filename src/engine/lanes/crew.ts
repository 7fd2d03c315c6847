import { type Cancel, CancelSource } from '../../base/abort.ts'
import type { ClimbFacts } from '../../control/connections.ts'
import type { Thief } from '../../control/split.ts'
import type { Claim } from '../../model/segment-map.ts'
import type { CrewAtWork } from '../meter.ts'
import type { Lease } from '../open-connections.ts'
import type { Source } from '../sources/source.ts'
import type { Sources } from '../sources/sources.ts'
import type { DownloadSpec, EngineDeps } from '../spec.ts'
import { Hedges } from './hedges.ts'
import type { Lane } from './lane.ts'
import { type CountedWork, LaneCount } from './lane-count.ts'
import type { LaneMember, LaneWork } from './lane-work.ts'
import { Lanes } from './lanes.ts'
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

/** What a crew is given by the transfer that it works for. */
export interface CrewWork extends CountedWork, Pick<LaneWork, 'canGoOn' | 'fail'> {}

/** Has lanes work for one transfer: how many there are, who is given up, and who is taken back. */
export class Crew {
	readonly #deps: EngineDeps
	readonly #work: CrewWork
	readonly #sources: Sources
	readonly #cancel: CancelSource
	readonly #watch: Watch
	readonly #lanes = new Lanes()
	readonly #hedges = new Hedges(this.#lanes.all)
	readonly #running = new Set<Promise<void>>()
	readonly #count: LaneCount
	readonly #leave: (() => void)[] = []
	#paused = false
	#settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined

	constructor(spec: DownloadSpec, deps: EngineDeps, work: CrewWork, sources: Sources, cancel: Cancel) {
		this.#deps = deps
		this.#work = work
		this.#sources = sources
		this.#watch = new Watch(work, spec.asking.stallTimeoutMs)
		this.#cancel = new CancelSource(cancel)
		this.#count = new LaneCount(spec, deps, work, sources, this)
	}

	get lanes(): readonly Lane[] {
		return this.#lanes.all
	}

	/** Connections that are open for this download now. */
	get connections(): number {
		return this.lanes.length + this.#hedges.count
	}

	get atWork(): CrewAtWork {
		return { ...this.#lanes.atWork, wanted: this.wanted }
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
		try {
			for (const { source } of this.#sources.sharing) this.#join(source)
			this.#begin(first)
			this.fill()
			this.#endIfComplete()
			await over
		} finally {
			this.#settle = undefined
			stopListening()
			this.#hedges.cancel()
			this.#lanes.cancel(this.#cancel.reason ?? new LaneTakenBack())
			await Promise.allSettled(this.#running)
			this.#count.learn()
			for (const leave of this.#leave) leave()
			this.#cancel.detach()
		}
	}

	tick(nowMs: number): void {
		this.#lanes.tick(nowMs)
		this.#hedges.tick()
		this.#watch.tick(this.lanes, nowMs)
		this.#count.look(nowMs, false)
		this.fill()
	}

	/** After a sleep: what was measured until now says nothing about the line that there is now. */
	wake(nowMs: number): void {
		this.#lanes.wake(nowMs)
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
		if (this.#paused) return true
		const rank = this.#lanes.rankOf(lane)
		return rank >= this.wanted || (rank > 0 && this.#isOverShare(lane))
	}

	/** Whether other lanes of the same source receive. */
	siblingsReceive(of: LaneMember): boolean {
		return this.#lanes.siblingsReceive(of, this.#deps.clock.now())
	}

	/** What a lane would bring to a new segment. */
	thief(source: Source, lane: LaneMember | undefined): Thief {
		return this.#lanes.thief(source, lane, this.#work.meter)
	}

	/** Connections that race lanes for their last bytes at a source. */
	hedgesAt(source: Source): number {
		return this.#hedges.countAt(source)
	}

	/** The host refused this lane while others were served. */
	refused({ source }: LaneMember, retryAfterMs: number): void {
		this.#count.refused(source, retryAfterMs)
	}

	/** The host asks all of us to wait: a lane does, and there shall be no more of them meanwhile. */
	askedToWait({ source }: LaneMember, retryAfterMs: number): void {
		this.#count.askedToWait(source, retryAfterMs)
	}

	/** Another source shares the work: it gets a lane at once. Nobody joins when the work is over, for nobody would leave. */
	sourceJoined(source: Source): void {
		if (this.#settle === undefined) return
		this.#join(source)
		this.#count.joinedByAnother()
		this.fill()
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
		this.#hedges.cancel()
		this.#lanes.cancel(new LaneTakenBack())
	}

	resume(): void {
		this.#paused = false
		this.fill()
	}

	#startWanted(): void {
		if (this.#paused || this.#settle === undefined || this.#cancel.cancelled) return
		while (this.#mayShare() && this.#count.isBelow(this.connections)) {
			const work = this.#sources.forNextLane(this.lanes, source => this.#count.mayOpenAt(source))
			if (work === undefined) return
			const open = (): Lease => this.#deps.governor.open(this.#count.shareAt(work.source))
			const claim = work.nextClaim()
			if (claim !== undefined) this.#start(open(), work, claim)
			else if (!this.#hedge(work, open)) return
		}
	}

	/** Has a connection that nothing is left for race a slow lane for its last bytes. */
	#hedge(work: LaneWork, open: () => Lease): boolean {
		const race = this.#hedges.start(work, this.thief(work.source, undefined), open, this.#cancel)
		if (race !== undefined) this.#await(race)
		return race !== undefined
	}

	#join(source: Source): void {
		this.#leave.push(this.#deps.governor.join(this.#count.shareAt(source), () => this.fill()))
	}

	/** Others at its host wait for what this download has too many of. */
	#isOverShare(lane: LaneMember): boolean {
		return this.#lanes.rankAtSource(lane) >= this.#deps.governor.shareOf(this.#count.shareAt(lane.source))
	}

	/** Without a length there is one stream, and nobody to share it with. */
	#mayShare(): boolean {
		const { map } = this.#work
		return !map.complete && (this.lanes.length === 0 || map.bytes !== undefined)
	}

	#begin({ lease, claim, open }: FirstWork): void {
		const [work] = this.#sources.sharing as readonly [LaneWork]
		const first = claim ?? work.nextClaim()
		if (first === undefined) lease.release()
		else this.#start(lease, work, first, open)
	}

	#start(lease: Lease, work: LaneWork, claim: Claim, open?: OpenResponse): void {
		const lane = this.#lanes.begin(work, this.#cancel)
		lane.onMove = host => lease.moveTo(host)
		const ended = lane
			.run(claim, open)
			.catch(error => {
				if (!(error instanceof LaneTakenBack)) this.#work.fail(error)
			})
			.finally(() => {
				this.#lanes.ended(lane)
				lease.release()
			})
		this.#await(ended)
	}

	/** One more connection is at work, until `ended`. */
	#await(ended: Promise<void>): void {
		const running = ended.finally(() => {
			this.#running.delete(running)
			this.#endIfComplete()
			this.fill()
		})
		this.#running.add(running)
		this.#work.meter.connectionsPeak = Math.max(this.#work.meter.connectionsPeak, this.connections)
	}

	#endIfComplete(): void {
		if (this.#work.map.complete) this.#settle?.resolve()
	}
}
