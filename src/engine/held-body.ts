import type { BodyEnd, Exchange, Intake } from '../transport/contract.ts'

/**
 * A short body as it comes into one block. Who takes it over gets it from its first byte on, and what is still to come.
 *
 * All of it passes through the block, which it fits into: so the transport is never paused, whoever pauses here.
 */
export class HeldBody implements Intake {
	/** Settles as the body ends: from then on nothing writes into the block. */
	readonly ended: Promise<BodyEnd>
	readonly #exchange: Exchange
	readonly #block: Uint8Array
	#filled = 0
	#given = 0
	#into: Intake | undefined
	#isPaused = false
	#cancelled: { readonly reason: unknown } | undefined
	#goOn: (() => void) | undefined

	/** `block` is as long as the body at least; it is held until `ended` or, once taken over, until `release`. */
	constructor(exchange: Exchange, block: Uint8Array) {
		this.#exchange = exchange
		this.#block = block
		this.ended = exchange.receive(this)
	}

	get content(): Uint8Array {
		return this.#block.subarray(0, this.#filled)
	}

	memory(): Uint8Array {
		return this.#block.subarray(this.#filled)
	}

	filled(bytes: number): boolean {
		this.#filled += bytes
		this.#give()
		return true
	}

	/** The same response for another receiver. `release` is called once, when the block is free. */
	takenOver(release: () => void): Exchange {
		const { head, via } = this.#exchange
		let isHeld = true
		const free = (): void => {
			if (isHeld) release()
			isHeld = false
		}
		return {
			head,
			via,
			receive: into => this.#giveAllTo(into).finally(free),
			resume: () => {
				this.#isPaused = false
				this.#give()
			},
			cancel: reason => {
				this.#cancel(reason)
				void this.ended.then(free, free)
			},
		}
	}

	async #giveAllTo(into: Intake): Promise<BodyEnd> {
		this.#into = into
		this.#give()
		const end = await this.ended
		if (this.#given < this.#filled && this.#cancelled === undefined) {
			await new Promise<void>(resolve => {
				this.#goOn = resolve
			})
		}
		if (this.#cancelled !== undefined) throw this.#cancelled.reason
		return end
	}

	#give(): void {
		while (this.#into !== undefined && !this.#isPaused && this.#given < this.#filled) {
			const memory = this.#into.memory()
			const bytes = Math.min(memory.length, this.#filled - this.#given)
			memory.set(this.#block.subarray(this.#given, this.#given + bytes))
			this.#given += bytes
			this.#isPaused = !this.#into.filled(bytes)
		}
		if (this.#given === this.#filled) this.#goOn?.()
	}

	#cancel(reason: unknown): void {
		this.#cancelled ??= { reason }
		this.#into = undefined
		this.#exchange.cancel(reason)
		this.#goOn?.()
	}
}
