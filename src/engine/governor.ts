import type { Cancel } from '../base/abort.ts'
import { throwIfCancelled } from '../base/abort.ts'
import type { Clock } from '../base/clock.ts'
import type { HostMemory } from '../hosts/contract.ts'
import type { BlockPool } from '../sink/contract.ts'
import { HostBudgets } from './host-budgets.ts'
import { type Lease, OpenConnections } from './open-connections.ts'
import { Parties, type Party } from './parties.ts'
import { RateLimit } from './rate-limit.ts'
import { WaitingLine } from './waiting-line.ts'

/** What all downloads of a process share, changeable while they run. */
export interface GovernorLimits {
	/** Connections to one host, all downloads together. */
	readonly maxPerHost: number
	/** Connections altogether: each is a socket and, while it receives, two blocks. */
	readonly maxConnections: number
	/** Body bytes a second, all downloads together. @default no limit */
	readonly bytesPerSecond?: number | undefined
}

interface Waiting {
	readonly host: string
	/** It has waited long enough for another to give one back, and tries what the host says. */
	insists: boolean
	readonly grant: (lease: Lease) => void
}

/** Who has several gives one back at the end of a response, which comes within some four seconds. */
const longestYieldMs = 10_000

export interface GovernorOptions {
	readonly clock: Clock
	readonly blocks: BlockPool
	readonly limits: GovernorLimits
	/** What earlier runs learned of hosts. @default nothing is remembered */
	readonly memory?: HostMemory | undefined
}

/**
 * Hands out connections, memory and rate to all downloads of the process, in fair shares, and remembers what hosts allow.
 *
 * One for the process: numbers kept for each download would have to be torn out when many share a host.
 */
export class Governor {
	readonly blocks: BlockPool
	readonly hosts: HostBudgets
	readonly rateLimit: RateLimit
	readonly #clock: Clock
	#limits: GovernorLimits
	readonly #open = new OpenConnections(() => this.#changed())
	readonly #parties = new Parties()
	/** Of the parties, in the order in which they joined. */
	readonly #listeners = new Map<Party, () => void>()
	readonly #queue = new WaitingLine<Waiting>()

	constructor({ clock, blocks, limits, memory }: GovernorOptions) {
		this.#clock = clock
		this.blocks = blocks
		this.hosts = new HostBudgets(clock, memory)
		this.rateLimit = new RateLimit(clock, limits.bytesPerSecond)
		this.#limits = limits
	}

	get limits(): GovernorLimits {
		return this.#limits
	}

	setLimits(limits: GovernorLimits): void {
		this.#limits = limits
		this.rateLimit.set(limits.bytesPerSecond)
		this.#changed()
	}

	/** Counts `party` among those that share. `listener` is called when more may be had than before. Returns how to leave. */
	join(party: Party, listener: () => void): () => void {
		this.#parties.note(party)
		this.#listeners.set(party, listener)
		return () => {
			this.#parties.remove(party)
			this.#listeners.delete(party)
			this.#changed()
		}
	}

	/** A party may want more or less than before, or be at another host. To be told at every tick. */
	noteWish(party: Party): void {
		if (this.#listeners.has(party)) this.#parties.note(party)
	}

	/**
	 * Waits its turn for the first connection of a download: for one that is free, or that a download with several gives back.
	 * Where none comes back, a learned cap does not apply: one connection is always tried.
	 */
	async acquire(host: string, cancel: Cancel): Promise<Lease> {
		throwIfCancelled(cancel)
		if (!this.#isAwaited(host) && this.#mayBegin(host, false)) return this.#open.lease(host)
		return new Promise((resolve, reject) => {
			const waiting: Waiting = {
				host,
				insists: false,
				grant: lease => {
					patience.stop()
					stopListening()
					resolve(lease)
				},
			}
			const patience = this.#clock.after(longestYieldMs, () => {
				waiting.insists = true
				this.#changed()
			})
			const stopListening = cancel.onCancel(reason => {
				patience.stop()
				this.#queue.remove(waiting)
				reject(reason)
			})
			this.#queue.add(waiting)
		})
	}

	/** Whether a party may have a further connection now: it has less than its share, and one is free. */
	mayOpen(party: Party): boolean {
		const { host } = party
		if (this.#isAwaited(host) || !this.#isFree(host)) return false
		if (!party.exact && this.openTo(host) >= this.hosts.allowed(host)) return false
		return party.connections < this.shareOf(party)
	}

	/** A further connection for a party that may have one. */
	open(party: Party): Lease {
		return this.#open.lease(party.host)
	}

	/** How many connections a party may have by now: as many as each other that wants them, once none waits for its first. */
	shareOf(party: Party, wanted: number = party.wanted): number {
		this.noteWish(party)
		const { host } = party
		const waiting = this.#queue.at(host)
		// Who shall have an exact number gives way all the same.
		const allowed = party.exact && waiting === 0 ? Number.POSITIVE_INFINITY : this.hosts.allowed(host)
		return this.#parties.shareOf(party, Math.min(this.#limits.maxPerHost, allowed) - waiting, wanted)
	}

	/** Whether it is the host, and not a limit of ours, that allows no more. */
	isCapped(host: string): boolean {
		return this.hosts.allowed(host) < this.#limits.maxPerHost
	}

	openTo(host: string): number {
		return this.#open.at(host)
	}

	/**
	 * The host refused a connection of `party`. It is held to the others: of several that ask at once, those that are not
	 * refused are served in a moment.
	 */
	refused(party: Party, retryAfterMs: number): void {
		this.hosts.refused(party.host, this.#standingAt(party.host) - 1, retryAfterMs)
	}

	/** The host answered a request by asking everyone to wait. */
	askedToWait(host: string, retryAfterMs: number): void {
		this.hosts.askedToWait(host, this.#standingAt(host), retryAfterMs)
	}

	/** Looks how many connections the host serves at present. */
	noteServed(host: string): void {
		if (!Number.isFinite(this.hosts.allowed(host))) return
		const receiving = this.#parties.at(host).reduce((sum, party) => sum + party.receiving, 0)
		this.hosts.served(host, receiving)
	}

	#standingAt(host: string): number {
		return this.#parties.at(host).reduce((sum, { standing }) => sum + standing, 0)
	}

	/** Whether a download waits for its first connection to the host: who has several gives one back. */
	#isAwaited(host: string): boolean {
		return this.#queue.at(host) > 0
	}

	#mayBegin(host: string, insists: boolean): boolean {
		if (!this.#isFree(host)) return false
		if (insists || this.openTo(host) < this.hosts.allowed(host)) return true
		return !this.#parties.at(host).some(({ connections }) => connections > 1)
	}

	#isFree(host: string): boolean {
		const { maxPerHost, maxConnections } = this.#limits
		return this.openTo(host) < maxPerHost && this.#open.total < maxConnections
	}

	#changed(): void {
		for (const waiting of this.#queue.all()) {
			if (!this.#mayBegin(waiting.host, waiting.insists)) continue
			this.#queue.remove(waiting)
			waiting.grant(this.#open.lease(waiting.host))
		}
		for (const listener of [...this.#listeners.values()]) listener()
	}
}
