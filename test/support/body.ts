import { createHash } from 'node:crypto'

const made = new Map<number, Buffer>()

/**
 * Content that is the same in every run and repeats nowhere, so that a byte at a wrong offset shows.
 *
 * Shared between callers: to be read, never written to.
 */
export function pseudoRandom(bytes: number, seed = 1): Buffer {
	const known = made.get(seed)
	if (known !== undefined && known.length >= bytes) return known.subarray(0, bytes)
	const content = generate(bytes, seed)
	made.set(seed, content)
	return content
}

/** Lower-case hex. */
export function sha256(content: Uint8Array): string {
	return createHash('sha256').update(content).digest('hex')
}

/** xorshift32, a word at a time: some 3 s for a GiB. A longer content begins with the shorter one. */
function generate(bytes: number, seed: number): Buffer {
	const words = new Uint32Array(Math.ceil(bytes / 4))
	let state = (Math.imul(seed, 0x9e3779b9) ^ 0x6a09e667) | 0 || 1
	for (let index = 0; index < words.length; index++) {
		state ^= state << 13
		state ^= state >>> 17
		state ^= state << 5
		words[index] = state
	}
	return Buffer.from(words.buffer, 0, bytes)
}
