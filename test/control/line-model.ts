import type { Random } from '../../src/base/random.ts'
import { type ConnectionsState, lowerCeiling, observe, startConnections } from '../../src/control/connections.ts'

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
	/** The host refuses a connection beyond this many. */
	readonly hostCap?: number
}

export interface Outcome {
	readonly completionMs: number
	readonly peakLanes: number
	/** Averaged over the bytes: what most of the file was fetched with. */
	readonly meanLanes: number
	readonly requests: number
	readonly refused: number
	readonly state: ConnectionsState
	/** How the wish went, for a picture: each change of the target. */
	readonly path: readonly { readonly atMs: number; readonly target: number }[]
}

interface Lane {
	readonly id: number
	readonly nth: number
	bytes: number
	/** Nothing comes before this moment: handshake, request, head. */
	readyMs: number
	/** Left of the present request; infinite for the first, which is open-ended. */
	requestBytes: number
	congestionBytes: number
	wave: number
	began: boolean
}

const tickMs = 10
const sampleMs = 50
const initialWindowBytes = 14_600
const claimSeconds = 4
const firstClaimBytes = 16 * 1024 * 1024
const leastClaimBytes = 1024 * 1024

/** Runs a whole download in virtual time under the controller, or with a fixed number of lanes. */
export function simulate(line: Line, random: Random, lanes: { ceiling: number } | { fixed: number }): Outcome {
	const model = new LineModel(line, random)
	const path: { atMs: number; target: number }[] = []
	let state = startConnections({ ceiling: 'ceiling' in lanes ? lanes.ceiling : 1 })
	while (model.bytesLeft > 0 && model.nowMs < 3_600_000) {
		const target = 'fixed' in lanes ? lanes.fixed : state.target
		if (path.at(-1)?.target !== target) path.push({ atMs: model.nowMs, target })
		if (model.wish(target)) state = lowerCeiling(state, model.laneCount, model.nowMs)
		for (let ms = 0; ms < sampleMs && model.bytesLeft > 0; ms += tickMs) model.advance(target)
		if (!('fixed' in lanes)) state = observe(state, model.sample())
	}
	const { nowMs, peakLanes, laneBytes, requests, refused } = model
	return { completionMs: nowMs, peakLanes, meanLanes: laneBytes / line.fileBytes, requests, refused, state, path }
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
	#wave = 0

	constructor(line: Line, random: Random) {
		this.#line = line
		this.#random = random
		this.bytesLeft = line.fileBytes
	}

	get laneCount(): number {
		return this.#lanes.length
	}

	/** Opens what is missing. True when the host refused one. */
	wish(target: number): boolean {
		while (this.#lanes.length < target) {
			this.requests += 1
			if (this.#lanes.length >= (this.#line.hostCap ?? Number.POSITIVE_INFINITY)) {
				this.refused += 1
				return true
			}
			this.#open()
		}
		return false
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
		const active = this.#lanes.filter(lane => this.nowMs > lane.readyMs)
		const shares = this.#share(active)
		for (const [index, lane] of active.entries()) this.#deliver(lane, shares[index] ?? 0)
		this.#endRequests(target)
		this.peakLanes = Math.max(this.peakLanes, this.#lanes.length)
	}

	#open(): void {
		const handshakeMs = this.#line.roundTripMs ?? 0
		this.#lanes.push({
			id: this.#opened + 1,
			nth: this.#opened,
			bytes: 0,
			readyMs: this.nowMs + handshakeMs + this.#headMs(),
			requestBytes:
				this.#opened === 0 ? Number.POSITIVE_INFINITY : Math.min(firstClaimBytes, this.bytesLeft / this.#lanes.length),
			congestionBytes: initialWindowBytes,
			wave: 0,
			began: false,
		})
		this.#opened += 1
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
		// Slow start: the window grows by what was acknowledged, which doubles it each round trip while it is the limit.
		lane.congestionBytes = Math.min(lane.congestionBytes + bytes, 64 * 1024 * 1024)
	}

	/** A response ends by itself; its lane is taken back where there are too many, and asks for more otherwise. */
	#endRequests(target: number): void {
		this.#lanes = this.#lanes.filter((lane, index) => {
			const surplus = index >= target
			if (lane.requestBytes > 0) return !(surplus && !lane.began)
			if (surplus) return false
			this.requests += 1
			lane.readyMs = this.nowMs + this.#headMs()
			lane.requestBytes = Math.max(leastClaimBytes, (lane.bytes / this.nowMs) * 1000 * claimSeconds)
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
