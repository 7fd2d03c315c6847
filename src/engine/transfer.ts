import { type Cancel, CancelSource } from '../base/abort.ts'
import type { Clock } from '../base/clock.ts'
import type { DownloadError } from '../base/errors.ts'
import type { ClimbFacts } from '../control/connections.ts'
import { isFast } from '../control/fast-rate.ts'
import { retriesOfExpendable } from '../control/mirror-ranking.ts'
import type { Claim, SegmentMap } from '../model/segment-map.ts'
import type { BlockPool, Sink } from '../sink/contract.ts'
import type { Hashing } from '../verify/contract.ts'
import { Checkpoint } from './checkpoint.ts'
import type { NoticeEvent, RetryEvent } from './events.ts'
import { tooMuchOf } from './expected-length.ts'
import type { Fetching } from './fetching.ts'
import { Heartbeat } from './heartbeat.ts'
import { Crew, type CrewWork } from './lanes/crew.ts'
import type { LaneMember } from './lanes/lane-work.ts'
import { Locator } from './lanes/locator.ts'
import { Recovery } from './lanes/recovery.ts'
import type { Meter } from './meter.ts'
import type { Begun } from './opening/begun.ts'
import type { RateShare } from './rate-limit.ts'
import { Segments } from './segments.ts'
import { Joining } from './sources/joining.ts'
import { Source } from './sources/source.ts'
import { type CommonWork, SourceWork } from './sources/source-work.ts'
import { Sources } from './sources/sources.ts'
import type { DownloadSpec, EngineDeps } from './spec.ts'

/** Brings the bytes of one representation into one sink: lanes until the segment map is full. */
export class Transfer implements CommonWork, CrewWork, Fetching {
	readonly map: SegmentMap
	readonly sink: Sink
	readonly blocks: BlockPool
	readonly clock: Clock
	readonly meter: Meter
	readonly rateShare: RateShare
	lengthVerified = true
	readonly #spec: DownloadSpec
	readonly #deps: EngineDeps
	readonly #begun: Begun
	readonly #hashing: Hashing | undefined
	readonly #tell: (event: RetryEvent | NoticeEvent) => void
	readonly #sources = new Sources()
	readonly #primary: Source
	readonly #joining: Joining
	readonly #segments: Segments
	readonly #checkpoint: Checkpoint
	readonly #crew: Crew
	readonly #cancel: CancelSource
	readonly #heartbeat: Heartbeat
	#failure: { readonly error: unknown } | undefined

	constructor(
		spec: DownloadSpec,
		deps: EngineDeps,
		begun: Begun,
		more: {
			meter: Meter
			hashing: Hashing | undefined
			cancel: Cancel
			tell: (event: RetryEvent | NoticeEvent) => void
		},
	) {
		this.#spec = spec
		this.#deps = deps
		this.#tell = more.tell
		this.#begun = begun
		this.map = begun.map
		this.sink = begun.place.sink
		this.blocks = deps.governor.blocks
		this.clock = deps.clock
		this.meter = more.meter
		this.rateShare = deps.governor.rateLimit.join()
		this.#hashing = more.hashing
		this.#cancel = new CancelSource(more.cancel)
		this.#heartbeat = new Heartbeat(deps.clock, {
			tick: nowMs => this.#tick(nowMs),
			wake: nowMs => this.#wake(nowMs),
			fail: error => this.fail(error),
		})
		const locator = new Locator(deps.transport, begun.address, begun.resource.url)
		this.#primary = new Source(begun.address.index, locator, begun.committed)
		this.#segments = new Segments(begun, spec.minSplitBytes, more.hashing !== undefined, () => this.url)
		this.#checkpoint = new Checkpoint(begun.map, begun.place, deps.clock, error => this.fail(error))
		this.#crew = new Crew(spec, deps, this, this.#sources, this.#cancel)
		this.#sources.add(this.#workAt(this.#primary))
		this.#joining = new Joining(spec, deps, begun, {
			...{ tell: more.tell, cancel: this.#cancel },
			join: source => this.#join(source),
			fail: error => this.fail(error),
		})
		if (begun.single) this.#crew.keepToOne()
	}

	get url(): URL {
		return this.#primary.locator.url
	}

	get mixed(): boolean {
		return this.#sources.mixed || this.#begun.sharedUnder !== undefined
	}

	get worn(): readonly number[] {
		return [this.#primary.index, ...this.#sources.dropped]
	}

	get connections(): number {
		return this.#crew.connections
	}

	get paused(): boolean {
		return this.#crew.paused
	}

	get climb(): ClimbFacts | undefined {
		return this.#crew.climb
	}

	get stolen(): number {
		return this.#segments.stolen
	}

	get canGoOn(): boolean {
		return this.#segments.canGoOn
	}

	readonly crc = (): boolean =>
		this.#joining.wantsSample || (this.#begun.place.journal !== undefined && !isFast(this.meter.goodput))

	readonly large = (): boolean =>
		this.sink.abilities.randomAccess && !this.#joining.wantsSample && isFast(this.meter.goodput)

	async run(): Promise<void> {
		this.meter.begin(this.clock.now())
		const stopBeating = this.#heartbeat.start()
		const stopListening = this.#cancel.onCancel(() => this.#letStreamGo())
		try {
			this.#noteFront()
			await this.#crew.work(this.#segments.first(this.#crew.wanted))
		} catch (error) {
			this.fail(error)
		} finally {
			stopBeating()
			stopListening()
			await this.#joining.end()
			this.#cancel.detach()
		}
		await this.#checkpoint.settled()
		if (this.#failure !== undefined) throw this.#failure.error
	}

	async save(): Promise<void> {
		await this.#checkpoint.finish()
	}

	pause(): void {
		this.#crew.pause()
	}

	resume(): void {
		this.#crew.resume()
	}

	setConnections(connections: DownloadSpec['connections']): void {
		this.#crew.setConnections(connections)
	}

	/** Ends it. What fails because it was ended already is not the reason. */
	fail(error: unknown): void {
		this.#failure ??= { error: this.#cancel.cancelled ? this.#cancel.reason : error }
		this.#cancel.cancel(error)
	}

	claimFor(source: Source, lane: LaneMember | undefined): Claim | undefined {
		if (lane !== undefined && this.#crew.isSurplus(lane)) return undefined
		return this.#segments.next(this.#crew.lanes, this.#crew.thief(source, lane), this.#crew.wanted)
	}

	reservedLanes(nowMs: number): number {
		return this.#joining.reserved(nowMs)
	}

	leftOut(source: Source, why: DownloadError): void {
		this.#joining.tellLeftOut(source, why)
	}

	reachedBefore(claim: Claim): number {
		return this.#segments.reachedBefore(claim)
	}

	brokenBySleep({ code }: DownloadError, askedSinceMs: number): boolean {
		return this.#heartbeat.sleepExplains(code, askedSinceMs)
	}

	prepareRetry(claim: Claim): void {
		this.#segments.prepareRetry(claim)
	}

	grow(claim: Claim, limit: number): boolean {
		return this.#segments.grow(claim, limit, this.#crew.wanted)
	}

	written(claim: Claim, start: number, end: number, crc32: number | undefined): void {
		this.map.markWritten(claim, { start, end })
		this.#checkpoint.written({ start, end }, crc32)
		this.#noteFront()
		const tooMuch = tooMuchOf(this.#spec, end, this.url)
		if (tooMuch !== undefined) this.fail(tooMuch)
		if (crc32 !== undefined && this.map.bytes !== undefined) {
			this.#joining.sampled({ range: { start, end }, crc32 }, this.map.bytes - this.map.writtenBytes)
		}
		if (!this.sink.abilities.randomAccess) this.#crew.fill()
	}

	endAt(bytes: number, lengthVerified: boolean): void {
		this.lengthVerified = lengthVerified
		this.map.endAt(bytes)
	}

	#join(source: Source): void {
		this.#sources.add(this.#workAt(source))
		this.#crew.sourceJoined(source)
	}

	#workAt(source: Source): SourceWork {
		const recovery = new Recovery(this.#deps, {
			crew: this.#crew,
			locator: source.locator,
			meter: this.meter,
			tell: this.#tell,
			retries: () =>
				source !== this.#primary && this.#sources.canSpare(source)
					? Math.min(retriesOfExpendable, this.#spec.retries)
					: this.#spec.retries,
		})
		return new SourceWork(this, this.#sources, source, recovery)
	}

	/** Writes that wait for a reader who may never read on have to settle before the lanes can end. */
	#letStreamGo(): void {
		if (!this.sink.abilities.randomAccess) void this.sink.discard()
	}

	/** Bytes that may yet be replaced by those of another answer are hashed at the end. */
	#noteFront(): void {
		if (this.canGoOn) this.#hashing?.advance(this.map.front)
	}

	#tick(nowMs: number): void {
		this.meter.tick(nowMs, this.#crew.atWork, this.rateShare.look())
		this.#crew.tick(nowMs)
		this.#checkpoint.tick()
	}

	#wake(nowMs: number): void {
		this.meter.wake(nowMs)
		this.#crew.wake(nowMs)
	}
}
