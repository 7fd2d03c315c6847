import { readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { DigestAlgorithm } from '../model/digest.ts'
import { createHashers } from './hashers.ts'

/*
 * The thread that hashes a growing file. It is told how far the bytes are final, reads up to there and sleeps: between
 * two messages it holds no timer and no lock. It ends when its parent terminates it.
 */

/** What the thread is started with. The descriptor stays the parent's, which closes it after the thread has ended. */
export interface WorkerStart {
	readonly descriptor: number
	readonly algorithms: readonly DigestAlgorithm[]
}

export interface WorkerOrder {
	readonly front: number
	/** Whether `front` is the end: the digests are wanted. */
	readonly last: boolean
}

/** Plain values: an error's code does not cross threads. */
export type WorkerAnswer =
	| { readonly kind: 'digests'; readonly digests: ReadonlyMap<DigestAlgorithm, string> }
	| { readonly kind: 'short'; readonly bytes: number }
	| { readonly kind: 'failed'; readonly errno: string | undefined; readonly message: string }

const { descriptor, algorithms } = workerData as WorkerStart
const hashers = createHashers(algorithms)
const block = Buffer.allocUnsafeSlow(1024 * 1024)
let hashed = 0

parentPort?.on('message', (order: WorkerOrder) => {
	const answer = follow(order)
	if (answer === undefined) return
	parentPort?.postMessage(answer)
	parentPort?.close()
})

function follow({ front, last }: WorkerOrder): WorkerAnswer | undefined {
	try {
		while (hashed < front) {
			const bytes = readSync(descriptor, block, 0, Math.min(block.length, front - hashed), hashed)
			if (bytes === 0) return { kind: 'short', bytes: hashed }
			hashers.update(block.subarray(0, bytes))
			hashed += bytes
		}
		return last ? { kind: 'digests', digests: hashers.digests() } : undefined
	} catch (error) {
		const { code: errno, message } = error as NodeJS.ErrnoException
		return { kind: 'failed', errno, message }
	}
}
