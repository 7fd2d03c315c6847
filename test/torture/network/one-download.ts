import { readUrl } from '../../../src/api/download-url.ts'
import { resolveOptions } from '../../../src/api/resolve-options.ts'
import { type ErrorCode, isDownloadError } from '../../../src/base/errors.ts'
import { createMemoryDestination } from '../../../src/destination/memory.ts'
import { Governor } from '../../../src/engine/governor.ts'
import { Run } from '../../../src/engine/run.ts'
import { createBlockPool } from '../../../src/sink/blocks.ts'
import { createTransport, type TransportOptions } from '../../../src/transport/transport.ts'
import { seeded } from '../../support/seeded.ts'
import { HurriedClock } from './hurried-clock.ts'

export interface OneDownload extends Pick<TransportOptions, 'tls' | 'lookup'> {
	readonly url: string
	readonly truth: Buffer
	readonly retries?: number
	readonly connections?: number
}

const blocks = 16
const blockBytes = 4096

/** Longer than this, in real time, is a hang: a hundred times what the slowest of these downloads should need. */
const boundMs = 60_000

/**
 * One download by three connections, with little patience and all time hurried.
 *
 * Answers `right` or the code of its error. Throws for wrong bytes, for E_INTERNAL and whatever is no `DownloadError`, for
 * a hang, and for a block, a lease or a socket that was not given back.
 */
export async function downloadOnce(one: OneDownload): Promise<'right' | ErrorCode> {
	const { url, truth, retries = 8, connections = 3, ...network } = one
	const clock = new HurriedClock(4)
	const pool = createBlockPool({ blockBytes, limitBytes: blocks * blockBytes })
	const governor = new Governor({ clock, blocks: pool, limits: { maxPerHost: 8, maxConnections: 8 } })
	const transport = createTransport({ clock, ...network })
	const destination = createMemoryDestination()
	const target = readUrl(url)
	const spec = resolveOptions(target, {
		connections,
		retries,
		minSplitBytes: 8 * 1024,
		connectTimeoutMs: 6000,
		stallTimeoutMs: 6000,
	})
	const run = new Run(spec, { transport, destination, governor, clock, random: seeded(1), cpuMs: () => 0 })
	const outcome = await endOf(run)
	await transport.close()
	if (outcome === 'right' && !truth.equals(destination.place?.sink.content() ?? Buffer.alloc(0))) {
		throw new Error('The download was reported as done, and its bytes are WRONG')
	}
	const leases = governor.openTo(target.url.host)
	let free = 0
	while (pool.tryTake() !== undefined) free += 1
	if (leases > 0 || free < blocks) throw new Error(`${leases} leases and ${blocks - free} blocks were not given back`)
	return outcome
}

async function endOf(run: Run): Promise<'right' | ErrorCode> {
	let hung: NodeJS.Timeout | undefined
	const hang = new Promise<never>((_, reject) => {
		hung = setTimeout(() => reject(new Error('The download hangs')), boundMs)
	})
	try {
		await Promise.race([run.result, hang])
		return 'right'
	} catch (error) {
		if (!isDownloadError(error) || error.code === 'E_INTERNAL') throw error
		return error.code
	} finally {
		clearTimeout(hung)
	}
}
