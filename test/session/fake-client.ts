import type {
	Client,
	DownloadEvent,
	DownloadResult,
	DownloadRun,
	Explanation,
	ProbeResult,
	Snapshot,
} from '../../src/api/client.ts'
import type { DownloadOptions } from '../../src/api/options.ts'
import { cancelFromSignal } from '../../src/base/abort.ts'
import { DownloadError } from '../../src/base/errors.ts'

/** A download that a test drives by hand. */
export interface FakeRun {
	readonly url: string
	readonly options: DownloadOptions
	snapshot: Snapshot
	tell(event: DownloadEvent): void
	succeed(result?: Partial<DownloadResult>): void
	fail(error: unknown): void
}

/** Implements `Client` without a network: each run waits until the test ends it, or until its signal aborts. */
export class FakeClient implements Client {
	readonly runs: FakeRun[] = []
	closed = false
	/** What `probe` resolves with; none rejects. */
	offer: ProbeResult | undefined
	/** Called with each run as it begins. */
	begun: (run: FakeRun) => void = () => {}

	download(url: string | URL, options: DownloadOptions = {}): DownloadRun {
		const listeners = new Set<(event: DownloadEvent) => void>()
		const { promise, resolve, reject } = withResolvers<DownloadResult>()
		const run: FakeRun = {
			url: String(url),
			options,
			snapshot: aSnapshot(),
			tell: event => {
				for (const listener of listeners) listener(event)
			},
			succeed: result => resolve({ ...aResult(), ...result }),
			fail: reject,
		}
		const { cancel, release } = cancelFromSignal(options.signal)
		cancel.onCancel(() => reject(new DownloadError('E_ABORTED', 'stopped')))
		promise.then(release, release)
		this.runs.push(run)
		queueMicrotask(() => this.begun(run))
		return Object.assign(promise, {
			snapshot: () => run.snapshot,
			onEvent: (listener: (event: DownloadEvent) => void) => {
				listeners.add(listener)
				return () => listeners.delete(listener)
			},
			pause() {},
			resume() {},
			setConnections() {},
			// biome-ignore lint/correctness/useYield: nothing here iterates over a run.
			async *[Symbol.asyncIterator](): AsyncGenerator<Snapshot, void> {
				throw new Error('not iterated here')
			},
		})
	}

	async probe(): Promise<ProbeResult> {
		if (this.offer === undefined) throw new DownloadError('E_HTTP_STATUS', 'http://host/x answered 404')
		return this.offer
	}

	setLimitRate(): void {}

	async close(): Promise<void> {
		this.closed = true
	}

	/** Waits until that many downloads have begun. */
	async untilBegun(count: number): Promise<void> {
		while (this.runs.length < count) await new Promise(resolve => setImmediate(resolve))
	}
}

type ProbedEvent = Extract<DownloadEvent, { readonly event: 'probed' }>

export function aSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
	return {
		bytesDone: 0,
		bytesTotal: 1000,
		bytesPerSecond: 100,
		connections: 1,
		etaMs: 10_000,
		parts: [],
		state: 'transferring',
		...changes,
	}
}

export function aResult(changes: Partial<DownloadResult> = {}): DownloadResult {
	return {
		path: '/downloads/file.bin',
		bytes: 1000,
		durationMs: 2000,
		bytesReceived: 1010,
		requests: 3,
		connectionsPeak: 2,
		resumedFrom: 0,
		lengthVerified: true,
		verified: [],
		verdict: { bottleneck: 'line', text: 'The line is full: 2 connections were as fast as 4.' },
		explanation: anExplanation(),
		skipped: false,
		...changes,
	}
}

export function anExplanation(changes: Partial<Explanation> = {}): Explanation {
	return {
		goodputs: [
			{ connections: 1, bytesPerSecond: 4_000_000.5 },
			{ connections: 2, bytesPerSecond: 8_000_000 },
			{ connections: 8, bytesPerSecond: 9_000_000 },
		],
		lastStep: {
			...{ from: 2, to: 8, paid: false },
			...{ beforeBytesPerSecond: 8_000_000, afterBytesPerSecond: 9_000_000 },
		},
		heldBy: 'no-gain',
		limitBytesPerSecond: null,
		heldByLimitMs: 0,
		waitedForServerMs: 300.4,
		waitedForDiskMs: 0,
		heldUpByOneLaneMs: 100,
		cpuMs: 240,
		refusals: 0,
		retries: 1,
		reopened: 0,
		hedged: 0,
		stolen: 2,
		bytesWasted: 10,
		...changes,
	}
}

export const aProbedEvent: ProbedEvent = {
	event: 'probed',
	url: 'http://host/file.bin',
	path: '/downloads/file.bin',
	bytes: 1000,
	ranges: true,
	validator: 'etag',
	resumedFrom: 0,
}

function withResolvers<T>(): {
	readonly promise: Promise<T>
	resolve(value: T): void
	reject(error: unknown): void
} {
	let resolve: (value: T) => void = () => {}
	let reject: (error: unknown) => void = () => {}
	const promise = new Promise<T>((resolved, rejected) => {
		resolve = resolved
		reject = rejected
	})
	return { promise, resolve, reject }
}
