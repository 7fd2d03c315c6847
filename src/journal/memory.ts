import { isEmpty } from '../model/byte-range.ts'
import type { DigestValue } from '../model/digest.ts'
import type { Journal, JournalHeader, JournalRecord, JournalState } from './contract.ts'
import { closedJournal, requireBegun, requireWithin } from './misuse.ts'

/** A journal in memory, for tests and simulations. */
export interface MemoryJournal extends Journal {
	/** What would be read after a power cut; `load` says what would be read after the death of the process. */
	afterPowerCut(): JournalState | undefined
}

export function createMemoryJournal(state?: JournalState): MemoryJournal {
	return new Memory(state)
}

class Memory implements MemoryJournal {
	#header: JournalHeader | undefined
	#records: JournalRecord[]
	#durableCount: number
	#closed = false

	constructor(state: JournalState | undefined) {
		this.#header = state?.header
		this.#records = [...(state?.records ?? [])]
		this.#durableCount = this.#records.length
	}

	async load(): Promise<JournalState | undefined> {
		return this.#first(this.#records.length)
	}

	afterPowerCut(): JournalState | undefined {
		return this.#first(this.#durableCount)
	}

	async begin(header: JournalHeader, records: readonly JournalRecord[] = []): Promise<void> {
		if (this.#closed) throw closedJournal('begin')
		this.#header = header
		this.#records = [...records]
		this.#durableCount = records.length
	}

	append(record: JournalRecord): void {
		if (this.#closed || isEmpty(record.range)) return
		requireWithin(record, this.#header)
		this.#records.push(record)
	}

	async share(digest: DigestValue): Promise<void> {
		this.#header = { ...requireBegun(this.#header), sharedUnder: digest }
		await this.sync()
	}

	async sync(): Promise<void> {
		if (this.#closed) throw closedJournal('sync')
		this.#durableCount = this.#records.length
	}

	async remove(): Promise<void> {
		this.#header = undefined
		this.#records = []
		this.#durableCount = 0
	}

	async close(): Promise<void> {
		this.#closed = true
	}

	#first(count: number): JournalState | undefined {
		return this.#header && { header: this.#header, records: this.#records.slice(0, count) }
	}
}
