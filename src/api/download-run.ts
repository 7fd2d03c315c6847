import { CancelSource } from '../base/abort.ts'
import type { Clock } from '../base/clock.ts'
import type { DownloadEvent, DownloadResult, Snapshot } from '../engine/events.ts'
import type { Run } from '../engine/run.ts'

/**
 * A download under way: a promise of its result that is also a stream of snapshots.
 *
 * @example for await (const { bytesDone, bytesTotal } of download(url)) draw(bytesDone, bytesTotal)
 */
export interface DownloadRun extends Promise<DownloadResult>, AsyncIterable<Snapshot> {
	/** How far it is at this moment. */
	snapshot(): Snapshot
	/** Calls `listener` with what happens from now on. Returns how to stop listening. */
	onEvent(listener: (event: DownloadEvent) => void): () => void
	/** Gives the connections up and keeps the bytes, until `resume`. */
	pause(): void
	resume(): void
	setConnections(connections: 'auto' | number): void
}

/** Ten a second is more than an eye wants. */
const snapshotEveryMs = 100

export class RunHandle implements DownloadRun {
	readonly [Symbol.toStringTag] = 'DownloadRun'
	readonly #run: Run
	/** Of its own, so that a rejection which nobody handles is reported as such. */
	readonly #result: Promise<DownloadResult>
	readonly #clock: Clock

	constructor(run: Run, clock: Clock) {
		this.#run = run
		this.#result = run.result.then(result => result)
		this.#clock = clock
	}

	// biome-ignore lint/suspicious/noThenProperty: it is a promise
	then<Value = DownloadResult, Other = never>(
		onResult?: ((result: DownloadResult) => Value | PromiseLike<Value>) | null,
		onError?: ((reason: unknown) => Other | PromiseLike<Other>) | null,
	): Promise<Value | Other> {
		return this.#result.then(onResult, onError)
	}

	catch<Other = never>(
		onError?: ((reason: unknown) => Other | PromiseLike<Other>) | null,
	): Promise<DownloadResult | Other> {
		return this.#result.catch(onError)
	}

	finally(onSettled?: (() => void) | null): Promise<DownloadResult> {
		return this.#result.finally(onSettled)
	}

	snapshot(): Snapshot {
		return this.#run.snapshot()
	}

	onEvent(listener: (event: DownloadEvent) => void): () => void {
		return this.#run.onEvent(listener)
	}

	pause(): void {
		this.#run.command({ kind: 'pause' })
	}

	resume(): void {
		this.#run.command({ kind: 'resume' })
	}

	setConnections(connections: 'auto' | number): void {
		this.#run.command({ kind: 'set-connections', connections })
	}

	/** Snapshots while it goes on, the last one when it is done; throws what the promise rejects with. */
	async *[Symbol.asyncIterator](): AsyncGenerator<Snapshot> {
		const ended = new CancelSource()
		const end = (): void => ended.cancel(undefined)
		this.#result.then(end, end)
		while (!ended.cancelled) {
			yield this.#run.snapshot()
			await this.#clock.sleep(snapshotEveryMs, ended)
		}
		await this.#result
		yield this.#run.snapshot()
	}
}
