import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { crc32c } from '../model/crc32c.ts'
import type { DigestAlgorithm } from '../model/digest.ts'

/** Several digests of the same bytes, taken in one pass. */
export interface Hashers {
	/** Takes the next bytes; they are the caller's again when it returns. */
	update(bytes: Uint8Array): void
	/** The digests as lower-case hex. Called once, after the last bytes. */
	digests(): ReadonlyMap<DigestAlgorithm, string>
}

export function createHashers(algorithms: readonly DigestAlgorithm[]): Hashers {
	const hashers = new Map(algorithms.map(algorithm => [algorithm, createHasher(algorithm)]))
	return {
		update: bytes => {
			for (const hasher of hashers.values()) hasher.update(bytes)
		},
		digests: () => new Map(Array.from(hashers, ([algorithm, hasher]) => [algorithm, hasher.digest()])),
	}
}

interface Hasher {
	update(bytes: Uint8Array): void
	digest(): string
}

function createHasher(algorithm: DigestAlgorithm): Hasher {
	if (algorithm === 'crc32') return createCrc(crc32)
	if (algorithm === 'crc32c') return createCrc(crc32c)
	const hash = createHash(algorithm.replace('-', ''))
	return { update: bytes => hash.update(bytes), digest: () => hash.digest('hex') }
}

function createCrc(next: (bytes: Uint8Array, before: number) => number): Hasher {
	let crc = 0
	return {
		update: bytes => {
			crc = next(bytes, crc)
		},
		digest: () => crc.toString(16).padStart(8, '0'),
	}
}
