import type { ClimbFacts } from '../control/connections.ts'
import type { Fetching } from './fetching.ts'
import { HeldBody } from './held-body.ts'
import type { Meter } from './meter.ts'
import type { Begun } from './opening/begun.ts'
import type { DownloadSpec, EngineDeps } from './spec.ts'

/** Lanes would not divide so little, on the slowest lines neither. */
const shortBytes = 64 * 1024
/** What takes longer is watched, shown and counted, as lanes are. */
const atOnceMs = 250

/** More were not tried: there was nothing for them. */
const nothingToClimbFor: ClimbFacts = { goodputs: [], lastDoubling: undefined, heldBy: 'too-little-left' }

/** A download whose first response holds all of a short file. */
export interface Short extends Begun {
	readonly response: NonNullable<Begun['response']>
}

/**
 * Whether a download may come at once. Its length is that of the response too: then the framing proves it. To keep a limit
 * of the rate, a journal, the order of a stream, or small segments that were asked for is a matter of lanes.
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
 * Receives a short file at once, without lanes and what they are watched by. Where it does not come at once, whole and
 * unharmed, lanes are handed the response as it is: what a pause, a break or a silence means is theirs to decide.
 */
export class ShortFile implements Fetching<Begun | undefined> {
	readonly paused = false
	readonly lengthVerified = true
	readonly stolen = 0
	readonly climb: ClimbFacts | undefined
	readonly #begun: Short
	readonly #deps: EngineDeps
	readonly #meter: Meter
	#receives = true
	#handOver = (): void => {}

	constructor(begun: Short, { connections }: DownloadSpec, deps: EngineDeps, meter: Meter) {
		this.climb = connections === 'auto' ? nothingToClimbFor : undefined
		this.#begun = begun
		this.#deps = deps
		this.#meter = meter
	}

	get connections(): number {
		return this.#receives ? 1 : 0
	}

	get mixed(): boolean {
		return this.#begun.sharedUnder !== undefined
	}

	get worn(): readonly number[] {
		return [this.#begun.address.index]
	}

	/** Resolves with what lanes have to begin with, or with undefined where nothing is left for them. */
	async run(): Promise<Begun | undefined> {
		const { response, lease, map } = this.#begun
		const { blocks } = this.#deps.governor
		const block = blocks.tryTake()
		if (block === undefined) return this.#begun
		const body = new HeldBody(response.exchange, block)
		if (!(await this.#comesAtOnce(body)) || body.content.length !== map.bytes) {
			const exchange = body.takenOver(() => blocks.give(block))
			return { ...this.#begun, response: { ...response, exchange } }
		}
		this.#receives = false
		lease.release()
		await this.#write(body.content).finally(() => blocks.give(block))
		return undefined
	}

	/** What is short has no journal. */
	async save(): Promise<void> {}

	pause(): void {
		this.#handOver()
	}

	resume(): void {}

	setConnections(): void {}

	async #comesAtOnce(body: HeldBody): Promise<boolean> {
		this.#meter.connectionsPeak = Math.max(this.#meter.connectionsPeak, 1)
		const isWhole = new Promise<boolean>(resolve => {
			this.#handOver = () => resolve(false)
			body.ended.then(
				() => resolve(true),
				() => resolve(false),
			)
		})
		const patience = this.#deps.clock.after(atOnceMs, this.#handOver)
		try {
			return await isWhole
		} finally {
			patience.stop()
		}
	}

	async #write(content: Uint8Array): Promise<void> {
		const { map, place } = this.#begun
		const whole = { start: 0, end: content.length }
		this.#meter.bytesReceived += content.length
		const claim = map.claim(whole)
		map.advance(claim, whole.end)
		try {
			await place.sink.write(0, content, { crc: false })
			map.markWritten(claim, whole)
		} finally {
			map.release(claim)
		}
	}
}
