import type { Reached } from './reach.ts'

interface Asked {
	readonly start: number
	readonly end: number | undefined
}

/** Sees from its requests what a process does with segments: which are split, stolen, and how many there are. */
export class Segments {
	readonly #reached: Reached
	/** By connection, what the request under way on it asked for. */
	readonly #underWay = new Map<number, Asked>()
	readonly #mirrors = new Set<string>()
	readonly #starts = new Set<number>()
	/** Bytes were asked for where a redirect had led. */
	#pinned = false

	constructor(reached: Reached) {
		this.#reached = reached
	}

	asked(connection: number, host: string, field: string | undefined): void {
		if (host.startsWith('m')) {
			// The first is compared and thrown away.
			if (this.#mirrors.has(host)) this.#reached.note('mirror')
			this.#mirrors.add(host)
		} else if (host !== 'origin.test') this.#pinned = true
		else if (this.#pinned) this.#reached.note('refresh')
		const match = /^bytes=(\d+)-(\d*)$/.exec(field ?? '')
		if (match === null) return
		const asked = { start: Number(match[1]), end: match[2] === '' ? undefined : Number(match[2]) + 1 }
		for (const { start, end } of this.#underWay.values()) {
			if (asked.start <= start || asked.start >= (end ?? Number.POSITIVE_INFINITY)) continue
			this.#reached.note(end === undefined ? 'share of the open response' : 'steal')
		}
		this.#underWay.set(connection, asked)
		this.#starts.add(asked.start)
		if (this.#underWay.size > 1) this.#reached.note('several lanes')
		if (this.#starts.size >= 3) this.#reached.note('three segments')
	}

	ended(connection: number): void {
		this.#underWay.delete(connection)
	}
}
