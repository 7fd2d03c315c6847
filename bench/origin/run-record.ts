import { performance } from 'node:perf_hooks'
import type { Answer, Script } from '../../test/support/origin/answer.ts'
import { Pacer, type Rate } from '../../test/support/origin/pacing.ts'
import type { RequestHead, RequestRecord } from '../../test/support/origin/request.ts'
import { capConnections } from '../../test/support/origin/scripts.ts'
import { rateOf, slowedBy } from './rate-law.ts'
import type { OriginSpec, Tally } from './spec.ts'

/** One run of a client as the origin sees it: nothing of an earlier run slows or stalls a later one. */
export class RunRecord {
	readonly pacer: Pacer
	readonly #spec: OriginSpec
	readonly #turnAway: Script
	readonly #requests: RequestRecord[] = []
	readonly #answersReachedMs: number[] = []
	#startedAtMs: number | undefined
	#connections = 0
	#connectionsOpen = 0
	#connectionsPeak = 0
	#answersOpen = 0
	#turnedAway = 0

	constructor(spec: OriginSpec) {
		this.#spec = spec
		const { hostCap } = spec
		this.#turnAway = hostCap === undefined ? () => undefined : capConnections(hostCap.answers, hostCap.by)
		const bytes = (): number => this.bytesSent
		this.pacer = new Pacer(rateOf(spec.line, { ageMs: () => this.#atMs(), bytes, runBytes: bytes }))
	}

	get bytesSent(): number {
		return this.#requests.reduce((sum, request) => sum + request.bytesSent, 0)
	}

	get tally(): Tally {
		return {
			connections: this.#connections,
			connectionsPeak: this.#connectionsPeak,
			requests: this.#requests.length,
			turnedAway: this.#turnedAway,
			bytesSent: this.bytesSent,
			answersReachedMs: this.#answersReachedMs,
		}
	}

	connected(): ConnectionRecord {
		const index = this.#connections++
		this.#connectionsOpen += 1
		this.#connectionsPeak = Math.max(this.#connectionsPeak, this.#connectionsOpen)
		const openedAtMs = performance.now()
		const requests: RequestRecord[] = []
		const progress = {
			ageMs: () => performance.now() - openedAtMs,
			bytes: () => requests.reduce((sum, request) => sum + request.bytesSent, 0),
			runBytes: () => this.bytesSent,
		}
		const { slowConnections: slow, perConnection } = this.#spec
		const factor = slow !== undefined && index % slow.nth === slow.nth - 1 ? slow.factor : 1
		return { index, rate: slowedBy(rateOf(perConnection, progress), factor), requests }
	}

	disconnected(): void {
		this.#connectionsOpen -= 1
	}

	/** Takes a request in, and says how its answer is to differ from the right one. */
	asked(head: RequestHead, connection: ConnectionRecord): { readonly record: RequestRecord; readonly answer: Answer } {
		const index = this.#requests.length
		const record: RequestRecord = {
			...head,
			index,
			connection: connection.index,
			atMs: this.#atMs(),
			status: undefined,
			bytesSent: 0,
			outcome: 'open',
		}
		this.#requests.push(record)
		connection.requests.push(record)
		const refusal = this.#turnAway(record, index)
		if (refusal !== undefined) this.#turnedAway += 1
		return { record, answer: refusal ?? this.#stall(index) }
	}

	/** An answer that is not a refusal begins. Returns what to call when it is over. */
	answering(): () => void {
		this.#answersOpen += 1
		if (this.#answersOpen > this.#answersReachedMs.length) this.#answersReachedMs.push(Math.round(this.#atMs()))
		return () => {
			this.#answersOpen -= 1
		}
	}

	#stall(index: number): Answer {
		const { stalled } = this.#spec
		return stalled?.answers.includes(index) ? { stallAt: stalled.afterBytes } : {}
	}

	#atMs(): number {
		const nowMs = performance.now()
		this.#startedAtMs ??= nowMs
		return nowMs - this.#startedAtMs
	}
}

export interface ConnectionRecord {
	/** Counts the connections of a run from 0. */
	readonly index: number
	readonly rate: Rate
	readonly requests: RequestRecord[]
}
