import { SHARE_ENV, Worker } from 'node:worker_threads'
import { DownloadError } from '../base/errors.ts'
import type { WorkerAnswer, WorkerOrder, WorkerStart } from './worker.ts'

/** Node 20 runs no TypeScript in a thread: from the sources, as in the tests, the built worker is started instead. */
const workerUrl = new URL(
	import.meta.url.endsWith('.ts') ? '../../dist/verify/worker.js' : './worker.js',
	import.meta.url,
)

/** Fronts closer than this are not worth a message: the thread reads blocks of this size. */
const stepBytes = 1024 * 1024

/** A thread that hashes a file up to the front that it is told. It keeps the process alive only while awaited. */
export class HashingThread {
	readonly #worker: Worker
	readonly #answer: Promise<WorkerAnswer>
	#told = 0

	constructor(start: WorkerStart) {
		// Flags such as --inspect or --import are the main thread's; its environment is shared and not copied.
		this.#worker = new Worker(workerUrl, { name: 'skein-hashing', workerData: start, execArgv: [], env: SHARE_ENV })
		this.#answer = answerOf(this.#worker)
		// It may fail long before `finish` asks for it.
		this.#answer.catch(() => {})
		// After the listener for messages: adding that one takes a hold on the process again.
		this.#worker.unref()
	}

	follow(front: number): void {
		if (front - this.#told >= stepBytes) this.#tell({ front, last: false })
	}

	/** What came of it: the digests of [0, bytes), or why there are none. Rejects with E_ABORTED once closed. */
	async finish(bytes: number): Promise<WorkerAnswer> {
		this.#tell({ front: bytes, last: true })
		this.#worker.ref()
		return await this.#answer
	}

	/** Ends the thread; when it resolves, nothing reads any more. */
	async close(): Promise<void> {
		await this.#worker.terminate()
	}

	#tell(order: WorkerOrder): void {
		this.#told = order.front
		this.#worker.postMessage(order)
	}
}

function answerOf(worker: Worker): Promise<WorkerAnswer> {
	return new Promise((resolve, reject) => {
		worker.once('message', resolve)
		worker.once('error', cause => {
			reject(new DownloadError('E_INTERNAL', `The hashing thread failed: ${(cause as Error).message}`, { cause }))
		})
		worker.once('exit', () => reject(new DownloadError('E_ABORTED', 'The file is no longer being hashed')))
	})
}
