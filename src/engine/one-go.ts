import type { ClimbFacts } from '../control/connections.ts'
import type { Exchange, Intake } from '../transport/contract.ts'
import type { Fetching } from './fetching.ts'
import type { Meter } from './meter.ts'
import type { Begun } from './opening/begun.ts'
import type { DownloadSpec, EngineDeps } from './spec.ts'

/** Nobody would divide so little. One block holds it. */
const shortBytes = 64 * 1024

/** More were not tried: there was nothing for them. */
const nothingToClimbFor: ClimbFacts = { goodputs: [], lastDoubling: undefined, heldBy: 'too-little-left' }

/** A short file, all of which the first response holds, and nobody has asked for more than to have it. */
export interface Short extends Begun {
	readonly response: NonNullable<Begun['response']>
}

/**
 * Whether a download can be had in one go. Its length has to be that of the response too: what came would else have to be
 * judged, as lanes do. A limit of the rate is theirs to keep as well.
 */
export function isShort(begun: Begun, { minSplitBytes }: DownloadSpec, { governor }: EngineDeps): begun is Short {
	const { response, map, place } = begun
	const mostBytes = Math.min(shortBytes, governor.blocks.blockBytes)
	if (response === undefined || map.bytes === undefined || map.bytes > mostBytes) return false
	const isWhole = response.start === 0 && response.exchange.head.contentLength === map.bytes && map.bytes > 0
	const isPlain = place.journal === undefined && place.sink.abilities.randomAccess
	return isWhole && isPlain && minSplitBytes === undefined && governor.limits.bytesPerSecond === undefined
}

/**
 * Receives a short file at once, without lanes and what they are watched by: of ten thousand such files that was a third of
 * the cost. What goes wrong on the way is left to lanes: they meet the failure as one of theirs, and recover from it.
 */
export class OneGo implements Fetching {
	readonly #begun: Short
	readonly #deps: EngineDeps
	readonly #meter: Meter
	readonly #isAuto: boolean
	readonly #lanesFor: (begun: Begun) => Fetching
	#lanes: Fetching | undefined
	#paused = false

	constructor(
		begun: Short,
		more: {
			readonly deps: EngineDeps
			readonly spec: DownloadSpec
			readonly meter: Meter
			/** Has lanes fetch what begins so. */
			readonly lanesFor: (begun: Begun) => Fetching
		},
	) {
		this.#begun = begun
		this.#deps = more.deps
		this.#meter = more.meter
		this.#isAuto = more.spec.connections === 'auto'
		this.#lanesFor = more.lanesFor
	}

	get connections(): number {
		return this.#lanes?.connections ?? 1
	}

	get paused(): boolean {
		return this.#lanes?.paused ?? this.#paused
	}

	get lengthVerified(): boolean {
		return this.#lanes?.lengthVerified ?? true
	}

	get climb(): ClimbFacts | undefined {
		return this.#lanes === undefined ? this.#ownClimb : this.#lanes.climb
	}

	get stolen(): number {
		return this.#lanes?.stolen ?? 0
	}

	get mixed(): boolean {
		return this.#lanes?.mixed ?? this.#begun.sharedUnder !== undefined
	}

	get worn(): readonly number[] {
		return this.#lanes?.worn ?? [this.#begun.address.index]
	}

	async run(): Promise<void> {
		const { blocks } = this.#deps.governor
		const block = blocks.tryTake()
		const left = block === undefined ? this.#begun : await this.#receive(block).finally(() => blocks.give(block))
		if (left !== undefined) await this.#handOver(left)
	}

	/** What is short has no journal. */
	async save(): Promise<void> {
		await this.#lanes?.save()
	}

	/** The connection is given up, and nothing is lost that was worth to be kept. */
	pause(): void {
		this.#paused = true
		this.#lanes?.pause()
		if (this.#lanes === undefined) this.#begun.response.exchange.cancel(undefined)
	}

	resume(): void {
		this.#paused = false
		this.#lanes?.resume()
	}

	setConnections(connections: DownloadSpec['connections']): void {
		this.#lanes?.setConnections(connections)
	}

	get #ownClimb(): ClimbFacts | undefined {
		return this.#isAuto ? nothingToClimbFor : undefined
	}

	/** Resolves with what lanes have to begin with, or with undefined where nothing is left for them. */
	async #receive(block: Uint8Array): Promise<Begun | undefined> {
		const { response, lease } = this.#begun
		this.#meter.connectionsPeak = Math.max(this.#meter.connectionsPeak, 1)
		const intake = new BlockFilled(block)
		try {
			await response.exchange.receive(intake)
		} catch (error) {
			return this.#leftBy(error, intake.content)
		}
		this.#meter.bytesReceived += intake.content.length
		lease.release()
		await this.#write(block)
		return undefined
	}

	async #write(block: Uint8Array): Promise<void> {
		const { map, place } = this.#begun
		const whole = { start: 0, end: map.bytes as number }
		const claim = map.claim(whole)
		map.advance(claim, whole.end)
		await place.sink.write(0, block.subarray(0, whole.end), { crc: false })
		map.markWritten(claim, whole)
		map.release(claim)
	}

	/** Lanes begin with a response that brings the same bytes and fails in the same way, and make of both what they do. */
	#leftBy(error: unknown, came: Uint8Array): Begun {
		const { response } = this.#begun
		if (this.#paused) {
			this.#meter.bytesReceived += came.length
			return { ...this.#begun, response: undefined }
		}
		return {
			...this.#begun,
			response: { ...response, exchange: brokenOff(response.exchange, Uint8Array.from(came), error) },
		}
	}

	async #handOver(left: Begun): Promise<void> {
		this.#lanes = this.#lanesFor(left)
		const fetched = this.#lanes.run()
		if (this.#paused) this.#lanes.pause()
		await fetched
	}
}

/** A block is as long as a short body at least. */
class BlockFilled implements Intake {
	readonly #block: Uint8Array
	#filled = 0

	constructor(block: Uint8Array) {
		this.#block = block
	}

	get content(): Uint8Array {
		return this.#block.subarray(0, this.#filled)
	}

	memory(): Uint8Array {
		return this.#block.subarray(this.#filled)
	}

	filled(bytes: number): boolean {
		this.#filled += bytes
		return true
	}
}

function brokenOff({ head, via }: Exchange, came: Uint8Array, error: unknown): Exchange {
	return {
		...{ head, via, resume() {}, cancel() {} },
		receive(into) {
			deliver(came, into)
			return Promise.reject(error)
		},
	}
}

/** Who takes no more of it asks for the rest anew. */
function deliver(bytes: Uint8Array, into: Intake): void {
	for (let at = 0; at < bytes.length; ) {
		const memory = into.memory()
		const taken = Math.min(memory.length, bytes.length - at)
		memory.set(bytes.subarray(at, at + taken))
		at += taken
		if (!into.filled(taken)) return
	}
}
