import type { Cancel } from '../base/abort.ts'
import { throwIfCancelled } from '../base/abort.ts'
import type { Clock } from '../base/clock.ts'
import { afterRefusal, afterSuccess, allowedNow, type HostBudget, unknownBudget } from '../control/host-budget.ts'
import type { BlockPool } from '../sink/contract.ts'

/** What all downloads of a process share, changeable while they run. */
export interface GovernorLimits {
	/** Connections to one host, all downloads together. */
	readonly maxPerHost: number
	/** Connections altogether: each is a socket and, while it receives, two blocks. */
	readonly maxConnections: number
}

/** The right to one connection to one host, held until released. */
export interface Lease {
	readonly host: string
	/** The request was redirected: the connection counts for another host from now on, whatever that one's limit. */
	moveTo(host: string): void
	/** Idempotent. */
	release(): void
}

interface Waiting {
	readonly host: string
	readonly grant: (lease: Lease) => void
}

/**
 * Hands out connections and memory to all downloads of the process, and remembers what hosts allow.
 *
 * One for the process: numbers kept for each download would have to be torn out when many share a host.
 */
export class Governor {
	readonly blocks: BlockPool
	readonly #clock: Clock
	#limits: GovernorLimits
	readonly #open = new Map<string, number>()
	readonly #budgets = new Map<string, HostBudget>()
	readonly #queue: Waiting[] = []
	readonly #listeners = new Set<() => void>()

	constructor(options: { readonly clock: Clock; readonly blocks: BlockPool; readonly limits: GovernorLimits }) {
		this.#clock = options.clock
		this.blocks = options.blocks
		this.#limits = options.limits
	}

	get limits(): GovernorLimits {
		return this.#limits
	}

	setLimits(limits: GovernorLimits): void {
		this.#limits = limits
		this.#changed()
	}

	/** Calls `listener` when more may be had than before. Returns how to stop listening. */
	onChange(listener: () => void): () => void {
		this.#listeners.add(listener)
		return () => this.#listeners.delete(listener)
	}

	/** Waits its turn for a connection; every download needs one. A learned cap does not apply: one connection is always tried. */
	async acquire(host: string, cancel: Cancel): Promise<Lease> {
		throwIfCancelled(cancel)
		if (!this.isAwaited(host) && this.#isFree(host)) return this.#lease(host)
		return new Promise((resolve, reject) => {
			const waiting: Waiting = {
				host,
				grant: lease => {
					stopListening()
					resolve(lease)
				},
			}
			const stopListening = cancel.onCancel(reason => {
				this.#queue.splice(this.#queue.indexOf(waiting), 1)
				reject(reason)
			})
			this.#queue.push(waiting)
		})
	}

	/** Whether a further connection may be had now. `exact` passes over what the host was learned to allow. */
	mayOpen(host: string, exact: boolean): boolean {
		if (this.isAwaited(host) || !this.#isFree(host)) return false
		return exact || this.openTo(host) < allowedNow(this.#budgetOf(host), this.#clock.now())
	}

	/** A further connection; undefined where `mayOpen` says no. */
	tryAcquire(host: string, exact: boolean): Lease | undefined {
		return this.mayOpen(host, exact) ? this.#lease(host) : undefined
	}

	/** Whether a download waits for its first connection to the host: who has several gives one back. */
	isAwaited(host: string): boolean {
		return this.#queue.some(waiting => waiting.host === host)
	}

	openTo(host: string): number {
		return this.#open.get(host) ?? 0
	}

	/** The host refused a connection while `working` others received. */
	refused(host: string, working: number, retryAfterMs: number): void {
		this.#budgets.set(host, afterRefusal(this.#budgetOf(host), { working, nowMs: this.#clock.now(), retryAfterMs }))
	}

	/** The host serves `working` connections at once. */
	served(host: string, working: number): void {
		const budget = this.#budgetOf(host)
		if (working > budget.cap) this.#budgets.set(host, afterSuccess(budget, working, this.#clock.now()))
	}

	#budgetOf(host: string): HostBudget {
		return this.#budgets.get(host) ?? unknownBudget
	}

	#isFree(host: string): boolean {
		let total = 0
		for (const open of this.#open.values()) total += open
		return this.openTo(host) < this.#limits.maxPerHost && total < this.#limits.maxConnections
	}

	#lease(host: string): Lease {
		let at: string | undefined = host
		this.#count(host, 1)
		return {
			get host() {
				return at ?? host
			},
			moveTo: next => {
				if (at === undefined || at === next) return
				this.#count(at, -1)
				this.#count(next, 1)
				at = next
				this.#changed()
			},
			release: () => {
				if (at === undefined) return
				this.#count(at, -1)
				at = undefined
				this.#changed()
			},
		}
	}

	#count(host: string, change: number): void {
		const open = this.openTo(host) + change
		if (open === 0) this.#open.delete(host)
		else this.#open.set(host, open)
	}

	#changed(): void {
		for (const waiting of [...this.#queue]) {
			if (!this.#isFree(waiting.host)) continue
			this.#queue.splice(this.#queue.indexOf(waiting), 1)
			waiting.grant(this.#lease(waiting.host))
		}
		for (const listener of this.#listeners) listener()
	}
}
