import type { Clock } from '../../src/base/clock.ts'
import type { HostMemory, Learned } from '../../src/hosts/contract.ts'
import { fade, type HostHints, type HostLessons, mergeLessons } from '../../src/model/host-lesson.ts'

/** A memory of hosts without a disk. */
export class RememberedHosts implements HostMemory {
	/** All that was learned, in order. */
	readonly learned: (Learned & { readonly host: string })[] = []
	readonly #clock: Clock
	readonly #lessons = new Map<string, HostLessons>()

	constructor(clock: Clock) {
		this.#clock = clock
	}

	recall(host: string): HostHints {
		return fade(this.#lessons.get(host) ?? {}, this.#clock.wall())
	}

	learn(host: string, learned: Learned): void {
		this.learned.push({ host, ...learned })
		const learnedAt = this.#clock.wall()
		const { cap, paid } = learned
		const lessons = {
			...(cap && { cap: { connections: cap, learnedAt } }),
			...(paid && { paid: { connections: paid, learnedAt } }),
		}
		this.#lessons.set(host, mergeLessons(lessons, this.#lessons.get(host) ?? {}, learnedAt))
	}

	async loaded(): Promise<void> {}

	async settled(): Promise<void> {}
}
