import type { Thief } from '../../src/control/split.ts'
import { type LaneView, Scheduler } from '../../src/engine/lanes/scheduler.ts'
import { RangeSet } from '../../src/model/range-set.ts'
import { RateWindow } from '../../src/model/rate.ts'
import { type Claim, SegmentMap } from '../../src/model/segment-map.ts'

/** Connections that each carry so much and no more, and a server that answers after a while. */
export interface FluidLanes {
	readonly bytes: number
	readonly bytesPerSecond: readonly number[]
	readonly headDelayMs: number
	readonly connectDelayMs: number
	readonly minSplitBytes?: number
	/** Somebody reads the file from its start. @default false */
	readonly followed?: boolean
}

export interface FluidResult {
	readonly seconds: number
	/** What it would take if every connection were busy from its first possible byte to the last. */
	readonly idealSeconds: number
	readonly requests: number
	/** Responses that were broken off. */
	readonly cuts: number
	/** Requests made in the last second. */
	readonly lateRequests: number
	/** The most that had arrived, and not all before it had. */
	readonly mostAheadBytes: number
}

const stepMs = 5
const tickMs = 50

/** A lane as the engine's is, but that its bytes flow by themselves: asks, receives, grows, is cut, and asks again. */
class FluidLane implements LaneView {
	readonly place: number
	readonly stopped = false
	readonly hedged = false
	claim: Claim | undefined
	bytes = 0
	limit = 0
	firstByteMs = 0
	readonly rate = new RateWindow()
	/** What flowed and was less than a byte. */
	rest = 0

	constructor(place: number) {
		this.place = place
	}

	get bytesPerSecond(): number | undefined {
		return this.rate.bytesPerSecond
	}

	get openEnded(): boolean {
		return this.limit === Number.POSITIVE_INFINITY
	}
}

/**
 * Downloads a file as the engine does, in virtual time: the first response is open to the end of the file, and every
 * further byte is claimed from the scheduler. Throws where a byte comes twice.
 */
export function downloadByFluidLanes(model: FluidLanes): FluidResult {
	const map = new SegmentMap(model.bytes)
	const abilities = { randomAccess: true, windowBytes: Number.POSITIVE_INFINITY }
	const scheduler = new Scheduler(map, abilities, model.minSplitBytes, model.followed ?? false)
	const arrived = new RangeSet()
	const requestsAtMs: number[] = []
	const lanes: FluidLane[] = []
	const wanted = model.bytesPerSecond.length
	let nowMs = 0
	let cuts = 0
	let mostAheadBytes = 0

	const thiefOf = (lane: FluidLane): Thief => {
		const siblings = lanes.flatMap(other => (other.bytes > 0 ? (other.bytesPerSecond ?? []) : []))
		const median = siblings.sort((a, b) => a - b)[siblings.length >>> 1]
		const delayMs = model.headDelayMs + (lane.bytes > 0 ? 0 : model.connectDelayMs)
		return { bytesPerSecond: lane.bytesPerSecond ?? median, delayMs }
	}

	const ask = (lane: FluidLane, claim: Claim, limit: number, newConnection: boolean): void => {
		lane.claim = claim
		lane.limit = limit
		lane.rest = 0
		lane.firstByteMs = nowMs + model.headDelayMs + (newConnection ? model.connectDelayMs : 0)
		requestsAtMs.push(nowMs)
	}

	/** The claim is full: the lane takes on another, over the same connection where the response ended by itself. */
	const goOn = (lane: FluidLane, claim: Claim): void => {
		const broken = lane.limit > claim.end && claim.end < model.bytes
		if (broken) cuts += 1
		lane.claim = undefined
		map.release(claim)
		const next = scheduler.next(lanes, thiefOf(lane), wanted)
		if (next === undefined) lanes.splice(lanes.indexOf(lane), 1)
		else ask(lane, next, next.end, broken)
	}

	const fill = (): void => {
		for (let place = 0; place < wanted && lanes.length < wanted; place++) {
			if (lanes.some(lane => lane.place === place)) continue
			const lane = new FluidLane(place)
			const claim = scheduler.next(lanes, thiefOf(lane), wanted)
			if (claim === undefined) return
			ask(lane, claim, claim.end, true)
			lanes.push(lane)
		}
	}

	const flow = (lane: FluidLane): void => {
		if (lane.claim === undefined || nowMs < lane.firstByteMs) return
		const flowing = ((model.bytesPerSecond[lane.place] as number) * stepMs) / 1000 + lane.rest
		let whole = Math.floor(flowing)
		lane.rest = flowing - whole
		while (whole > 0) {
			const claim: Claim = lane.claim
			const came = Math.min(whole, claim.end - claim.position)
			const range = { start: claim.position, end: claim.position + came }
			if (came > 0 && arrived.gaps(range)[0]?.end !== range.end) throw new Error(`${range.start} came twice`)
			arrived.add(range)
			map.advance(claim, came)
			map.markWritten(claim, range)
			lane.bytes += came
			whole -= came
			if (claim.position < claim.end) return
			if (lane.limit > claim.end && scheduler.grow(claim, Math.min(lane.limit, model.bytes), wanted)) continue
			goOn(lane, claim)
			return
		}
	}

	const first = new FluidLane(0)
	lanes.push(first)
	ask(first, scheduler.firstClaim({ start: 0, end: model.bytes }, wanted), Number.POSITIVE_INFINITY, true)
	// The length is known, and others may join, once the first head has come.
	nowMs = first.firstByteMs
	fill()
	for (let step = 1; !map.complete; step++) {
		nowMs += stepMs
		for (const lane of [...lanes]) flow(lane)
		mostAheadBytes = Math.max(mostAheadBytes, arrived.bytes - map.front)
		if (step % (tickMs / stepMs) !== 0) continue
		for (const lane of lanes) if (nowMs >= lane.firstByteMs) lane.rate.note(nowMs, lane.bytes)
		fill()
		if (nowMs > 3_600_000) throw new Error(`stuck: ${map.writtenBytes} of ${model.bytes} after an hour`)
	}

	const rate = model.bytesPerSecond.reduce((sum, bytesPerSecond) => sum + bytesPerSecond, 0)
	const idealMs = model.headDelayMs + model.connectDelayMs + (model.bytes / rate) * 1000
	return {
		seconds: nowMs / 1000,
		idealSeconds: idealMs / 1000,
		requests: requestsAtMs.length,
		cuts,
		lateRequests: requestsAtMs.filter(atMs => atMs > nowMs - 1000).length,
		mostAheadBytes,
	}
}
