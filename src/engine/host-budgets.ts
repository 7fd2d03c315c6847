import type { Clock } from '../base/clock.ts'
import {
	afterRefusal,
	afterSuccess,
	allowedNow,
	type HostBudget,
	rememberedBudget,
	unknownBudget,
} from '../control/host-budget.ts'
import { longestRetryAfterMs } from '../control/retry.ts'
import type { HostMemory } from '../hosts/contract.ts'

/** What hosts allow, as this process and those before it have found; for all downloads together. */
export class HostBudgets {
	readonly #clock: Clock
	readonly #memory: HostMemory | undefined
	readonly #budgets = new Map<string, HostBudget>()
	/** Hosts whose budget this process has found itself: what was only remembered is not learned again, or it would never age. */
	readonly #found = new Set<string>()
	/** The most that hosts with a cap have served at once. */
	readonly #mostServed = new Map<string, number>()
	/** Hosts that asked to be left alone, and how many connections they may have meanwhile: an overload is no cap. */
	readonly #quiet = new Map<string, { readonly connections: number; readonly untilMs: number }>()

	constructor(clock: Clock, memory: HostMemory | undefined) {
		this.#clock = clock
		this.#memory = memory
	}

	/** Connections that the host may have now. */
	allowed(host: string): number {
		const nowMs = this.#clock.now()
		const quiet = this.#quiet.get(host)
		const most = quiet !== undefined && nowMs < quiet.untilMs ? quiet.connections : Number.POSITIVE_INFINITY
		return Math.min(most, allowedNow(this.#of(host), nowMs))
	}

	/** Connections that paid for this host before. */
	paid(host: string): number | undefined {
		return this.#memory?.recall(host).paid
	}

	/** The host refused a connection beside so many others. */
	refused(host: string, working: number, retryAfterMs: number): void {
		this.#find(host, afterRefusal(this.#of(host), { working, nowMs: this.#clock.now(), retryAfterMs }))
	}

	/** The host has too much to do: for a while it gets no more connections than it has. */
	askedToWait(host: string, working: number, retryAfterMs: number): void {
		const untilMs = this.#clock.now() + Math.min(retryAfterMs, longestRetryAfterMs)
		const before = this.#quiet.get(host)?.untilMs ?? 0
		this.#quiet.set(host, { connections: Math.max(1, working), untilMs: Math.max(before, untilMs) })
	}

	/** The host serves so many at once. */
	served(host: string, working: number): void {
		this.#mostServed.set(host, Math.max(working, this.#mostServed.get(host) ?? 0))
		const budget = this.#of(host)
		if (working > budget.cap) this.#find(host, afterSuccess(budget, working, this.#clock.now()))
	}

	/**
	 * A download is over: what was learned of its host is for later runs. A refusal that shows near the end, when others have
	 * nothing left to do, stands beside fewer than the host takes.
	 */
	learn(host: string, paid: number | undefined): void {
		const cap = this.#found.has(host) ? Math.max(this.#of(host).cap, this.#mostServed.get(host) ?? 0) : undefined
		if (cap !== undefined || paid !== undefined) this.#memory?.learn(host, { cap, paid })
	}

	/** Resolves when what earlier runs learned is known, or cannot be. */
	async loaded(): Promise<void> {
		await this.#memory?.loaded()
	}

	/** Resolves when what was learned is kept, or cannot be. */
	async settled(): Promise<void> {
		await this.#memory?.settled()
	}

	#find(host: string, budget: HostBudget): void {
		this.#budgets.set(host, budget)
		this.#found.add(host)
	}

	#of(host: string): HostBudget {
		const known = this.#budgets.get(host)
		if (known !== undefined) return known
		const cap = this.#memory?.recall(host).cap
		if (cap === undefined) return unknownBudget
		const budget = rememberedBudget(cap, this.#clock.now())
		this.#budgets.set(host, budget)
		return budget
	}
}
