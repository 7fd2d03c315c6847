import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { cutShare, type Share, type TruncationFigures, type TruncationOptions } from './cut-share.ts'

/**
 * Cuts an answer of 64 KiB at one position after another: of each framing, over TCP and TLS, by FIN and by RST.
 *
 * Throws where one is taken for whole, ends otherwise than it should, or delivers a byte that is not the body's. More
 * than one thread needs a process that runs TypeScript.
 */
export async function proveTruncations({
	threads = 1,
	...options
}: TruncationOptions & { readonly threads?: number }): Promise<TruncationFigures> {
	if (threads === 1) return cutShare(options, { index: 0, of: 1 })
	const shares = Array.from({ length: threads }, (_, index) => ({ index, of: threads }))
	return sumOf(await Promise.all(shares.map(share => cutElsewhere(options, share))))
}

async function cutElsewhere(options: TruncationOptions, share: Share): Promise<TruncationFigures> {
	const worker = new Worker(new URL('./cut-thread.ts', import.meta.url), { workerData: { options, share } })
	try {
		const [figures] = (await once(worker, 'message')) as [TruncationFigures]
		return figures
	} finally {
		await worker.terminate()
	}
}

function sumOf(parts: readonly TruncationFigures[]): TruncationFigures {
	const byKind: Record<string, number> = {}
	for (const part of parts) {
		for (const [kind, cases] of Object.entries(part.byKind)) byKind[kind] = (byKind[kind] ?? 0) + cases
	}
	const total = (of: 'cases' | 'unverified' | 'reachedTheCut'): number => parts.reduce((sum, part) => sum + part[of], 0)
	return { cases: total('cases'), unverified: total('unverified'), reachedTheCut: total('reachedTheCut'), byKind }
}
