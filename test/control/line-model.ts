import type { Random } from '../../src/base/random.ts'
import {
	type ConnectionsState,
	lowerCeiling,
	observe,
	raiseCeiling,
	startConnections,
} from '../../src/control/connections.ts'
import {
	afterRefusal,
	afterSuccess,
	allowedNow,
	type HostBudget,
	unknownBudget,
} from '../../src/control/host-budget.ts'

/** A line and the server behind it, as fluid: what is shared, what each connection may have, and how it wavers. */
export interface Line {
	readonly fileBytes: number
	/** What all connections together may have at a moment, in bytes a second. */
	readonly sharedAt?: (nowMs: number, bytesSent: number) => number
	/** What one connection may have: at a moment, the nth to be opened (from 0), after so many bytes of its own. */
	readonly perConnectionAt?: (nowMs: number, nth: number, bytes: number) => number
	readonly roundTripMs?: number
	/** The server thinks for so long before each head. */
	readonly serverDelayMs?: number
	/** Standard deviation of the shared rate and of each connection's, as a share; correlated over 300 ms. */
	readonly noise?: number
	/** The host refuses a connection beyond this many; that shows after a while. */
	readonly hostCap?: { readonly lanes: number; readonly shownAfterMs: number }
	/** Packets are lost in bursts: each connection is silent for a while now and then, and has half of its window after it. */
	readonly losses?: { readonly everyMs: number; readonly silentMs: number }
}

export interface Outcome {
	readonly completionMs: number
	readonly peakLanes: number
	/** Averaged over the bytes: what most of the file was fetched with. */
	readonly meanLanes: number
	readonly requests: number
	readonly refused: number
	readonly state: ConnectionsState
	/** How the wish went: each change of the target. */
	readonly path: readonly { readonly atMs: number; readonly target: number }[]
	/** For a picture: how many there were at each sample, and what had come. */
	readonly course: readonly Moment[]
}

export interface Moment {
	readonly atMs: number
	readonly target: number
	readonly lanes: number
	readonly bytesReceived: number
}

/** How many lanes: as `auto` wants them, or always the same. */
export type Lanes = { readonly ceiling: number; readonly begin?: number } | { readonly fixed: number }

interface Lane {
	readonly id: number
	readonly nth: number
	readonly openedMs: number
	bytes: number
	/** Nothing comes before this moment: handshake, request, head. */
	readyMs: number
	/** Left of the present request; infinite for the first, which is open-ended. */
	requestBytes: number
	congestionBytes: number
	/** Up to here the window doubles each round trip; above, it grows by a segment. */
	slowStartBytes: number
	silentUntilMs: number
	wave: number
	began: boolean
	/** The host does not want it: nothing comes, and then that shows. */
	readonly refusedMs: number | undefined
}

const tickMs = 10
const sampleMs = 50
const initialWindowBytes = 14_600
const mostWindowBytes = 64 * 1024 * 1024
const segmentBytes = 1460
const claimSeconds = 4
const firstClaimBytes = 16 * 1024 * 1024
const leastClaimBytes = 1024 * 1024

/** Runs a whole download in virtual time under the controller, or with a fixed number of lanes. */
export function simulate(line: Line, random: Random, lanes: Lanes): Outcome {
	const model = new LineModel(line, random)
	const crew = 'fixed' in lanes ? new FixedCrew(lanes.fixed) : new AutoCrew(lanes)
	const path: { atMs: number; target: number }[] = []
	const course: Moment[] = []
	while (model.bytesLeft > 0 && model.nowMs < 3_600_000) {
		const { target } = crew.state
		const { nowMs: atMs, laneCount, bytesLeft } = model
		if (path.at(-1)?.target !== target) path.push({ atMs, target })
		course.push({ atMs, target, lanes: laneCount, bytesReceived: line.fileBytes - bytesLeft })
		model.open(target)
		for (let ms = 0; ms < sampleMs && model.bytesLeft > 0; ms += tickMs) model.advance(target)
		if (model.takeRefusals() > 0) crew.refused(model.workingLanes, model.nowMs)
		crew.observe(model.sample())
	}
	const { nowMs, peakLanes, laneBytes, requests, refused } = model
	const meanLanes = laneBytes / line.fileBytes
	return { completionMs: nowMs, peakLanes, meanLanes, requests, refused, state: crew.state, path, course }
}

/** The controller, with a host budget as the engine keeps one. */
class AutoCrew {
	state: ConnectionsState
	readonly #ceiling: number
	#budget: HostBudget = unknownBudget

	constructor({ ceiling, begin = 1 }: { readonly ceiling: number; readonly begin?: number }) {
		this.#ceiling = ceiling
		this.state = startConnections({ ceiling, begin })
	}

	refused(working: number, nowMs: number): void {
		this.#budget = afterRefusal(this.#budget, { working, nowMs, retryAfterMs: 0 })
		this.state = lowerCeiling(this.state, allowedNow(this.#budget, nowMs), nowMs)
	}

	observe(sample: Parameters<typeof observe>[1]): void {
		const { nowMs } = sample
		const working = sample.lanes.filter(({ receiving }) => receiving).length
		this.#budget = afterSuccess(this.#budget, working, nowMs)
		this.state = raiseCeiling(this.state, Math.min(this.#ceiling, allowedNow(this.#budget, nowMs)))
		this.state = observe(this.state, sample)
	}
}

/** So many lanes, whatever comes. */
class FixedCrew {
	readonly state: ConnectionsState

	constructor(lanes: number) {
		this.state = { ...startConnections({ ceiling: lanes }), target: lanes }
	}

	refused(): void {}

	observe(): void {}
}

class LineModel {
	nowMs = 0
	bytesLeft: number
	peakLanes = 0
	/** Lanes × bytes, summed. */
	laneBytes = 0
	requests = 0
	refused = 0
	readonly #line: Line
	readonly #random: Random
	#lanes: Lane[] = []
	#opened = 0
	#refusals = 0
	#wave = 0

	constructor(line: Line, random: Random) {
		this.#line = line
		this.#random = random
		this.bytesLeft = line.fileBytes
	}

	get laneCount(): number {
		return this.#lanes.length
	}

	get workingLanes(): number {
		return this.#lanes.filter(lane => lane.began).length
	}

	/** Opens what is missing. */
	open(target: number): void {
		while (this.#lanes.length < target) {
			this.requests += 1
			this.#open()
		}
	}

	/** How many were refused since this was asked last. */
	takeRefusals(): number {
		const refusals = this.#refusals
		this.#refusals = 0
		return refusals
	}

	sample(): Parameters<typeof observe>[1] {
		return {
			nowMs: this.nowMs,
			bytesReceived: this.#line.fileBytes - this.bytesLeft,
			lanes: this.#lanes.map(lane => ({ id: lane.id, bytes: lane.bytes, receiving: lane.began })),
			headDelayMs: this.#headMs(),
			bytesLeft: this.bytesLeft,
			paused: false,
		}
	}

	advance(target: number): void {
		this.nowMs += tickMs
		this.#wave = this.#waver(this.#wave)
		this.#dropRefused()
		const active = this.#lanes.filter(lane => this.nowMs > Math.max(lane.readyMs, lane.silentUntilMs))
		for (const lane of active) this.#lose(lane)
		const shares = this.#share(active)
		for (const [index, lane] of active.entries()) this.#deliver(lane, shares[index] ?? 0)
		this.#endRequests(target)
		this.peakLanes = Math.max(this.peakLanes, this.#lanes.length)
	}

	#open(): void {
		const handshakeMs = this.#line.roundTripMs ?? 0
		const { hostCap } = this.#line
		const served = this.#lanes.filter(lane => lane.refusedMs === undefined).length
		const refusedMs = hostCap && served >= hostCap.lanes ? this.nowMs + hostCap.shownAfterMs : undefined
		this.#lanes.push({
			id: this.#opened + 1,
			nth: this.#opened,
			openedMs: this.nowMs,
			bytes: 0,
			readyMs: refusedMs === undefined ? this.nowMs + handshakeMs + this.#headMs() : Number.POSITIVE_INFINITY,
			refusedMs,
			requestBytes: this.#opened === 0 ? Number.POSITIVE_INFINITY : this.#firstClaimBytes(),
			congestionBytes: initialWindowBytes,
			slowStartBytes: mostWindowBytes,
			silentUntilMs: 0,
			wave: 0,
			began: false,
		})
		this.#opened += 1
	}

	/** Some seconds of what its siblings have shown, and no more than its part. */
	#firstClaimBytes(): number {
		const rates = this.#lanes.map(lane => (lane.bytes * 1000) / Math.max(1, this.nowMs - lane.openedMs))
		const bySpeed = Math.max(leastClaimBytes, Math.max(0, ...rates) * claimSeconds)
		return Math.min(firstClaimBytes, bySpeed, this.bytesLeft / this.#lanes.length)
	}

	#headMs(): number {
		return (this.#line.roundTripMs ?? 0) + (this.#line.serverDelayMs ?? 0)
	}

	/** Max-min fair: who wants less than an equal share leaves the rest to the others. */
	#share(lanes: readonly Lane[]): readonly number[] {
		const wants = lanes.map(lane => this.#wants(lane))
		const line = this.#line.sharedAt?.(this.nowMs, this.#line.fileBytes - this.bytesLeft)
		let left = (line ?? Number.POSITIVE_INFINITY) * wavering(this.#wave)
		const shares = wants.map(() => 0)
		const order = wants.map((_, index) => index).sort((a, b) => (wants[a] ?? 0) - (wants[b] ?? 0))
		for (const [rank, index] of order.entries()) {
			const share = Math.min(wants[index] ?? 0, left / (order.length - rank))
			shares[index] = share
			left -= share
		}
		return shares
	}

	#wants(lane: Lane): number {
		lane.wave = this.#waver(lane.wave)
		const cap = this.#line.perConnectionAt?.(this.nowMs, lane.nth, lane.bytes) ?? Number.POSITIVE_INFINITY
		const { roundTripMs = 0 } = this.#line
		const window = roundTripMs === 0 ? Number.POSITIVE_INFINITY : (lane.congestionBytes * 1000) / roundTripMs
		return Math.min(cap * wavering(lane.wave), window)
	}

	#deliver(lane: Lane, bytesPerSecond: number): void {
		const bytes = Math.min((bytesPerSecond * tickMs) / 1000, this.bytesLeft)
		this.bytesLeft -= bytes
		this.laneBytes += bytes * this.#lanes.length
		lane.bytes += bytes
		lane.requestBytes -= bytes
		lane.began = true
		// What was acknowledged widens the window: in slow start by as much, after a loss by a segment each round trip.
		const growth = lane.congestionBytes < lane.slowStartBytes ? 1 : segmentBytes / lane.congestionBytes
		lane.congestionBytes = Math.min(lane.congestionBytes + bytes * growth, mostWindowBytes)
	}

	#lose(lane: Lane): void {
		const { losses } = this.#line
		if (losses === undefined || this.#random() >= tickMs / losses.everyMs) return
		lane.silentUntilMs = this.nowMs + losses.silentMs
		lane.slowStartBytes = Math.max(lane.congestionBytes / 2, 2 * segmentBytes)
		lane.congestionBytes = lane.slowStartBytes
	}

	#dropRefused(): void {
		const before = this.#lanes.length
		this.#lanes = this.#lanes.filter(({ refusedMs = Number.POSITIVE_INFINITY }) => this.nowMs < refusedMs)
		this.#refusals += before - this.#lanes.length
		this.refused += before - this.#lanes.length
	}

	/** A response ends by itself; its lane is taken back where there are too many, and asks for more otherwise. */
	#endRequests(target: number): void {
		this.#lanes = this.#lanes.filter((lane, index) => {
			const surplus = index >= target
			if (lane.requestBytes > 0) return !(surplus && !lane.began)
			if (surplus) return false
			this.requests += 1
			lane.readyMs = this.nowMs + this.#headMs()
			lane.requestBytes = Math.max(leastClaimBytes, (lane.bytes * 1000 * claimSeconds) / (this.nowMs - lane.openedMs))
			return true
		})
	}

	/** An autoregressive wave around zero. */
	#waver(wave: number): number {
		const { noise = 0 } = this.#line
		if (noise === 0) return 0
		const kept = Math.exp(-tickMs / 300)
		return wave * kept + this.#normal() * noise * Math.sqrt(1 - kept * kept)
	}

	#normal(): number {
		return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random())
	}
}

function wavering(wave: number): number {
	return Math.max(0.05, 1 + wave)
}
