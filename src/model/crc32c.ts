/** CRC-32C (Castagnoli, RFC 3385) of `bytes`, going on from the CRC of what came before them. */
export function crc32c(bytes: Uint8Array, before = 0): number {
	let crc = ~before
	let at = 0
	// Eight bytes a step, by eight tables: each answers for one byte as seen from the end of the step.
	for (const last = bytes.length - 7; at < last; at += 8) {
		const low = crc ^ word(bytes, at)
		const high = word(bytes, at + 4)
		crc =
			lookUp(7, low) ^
			lookUp(6, low >>> 8) ^
			lookUp(5, low >>> 16) ^
			lookUp(4, low >>> 24) ^
			lookUp(3, high) ^
			lookUp(2, high >>> 8) ^
			lookUp(1, high >>> 16) ^
			lookUp(0, high >>> 24)
	}
	for (; at < bytes.length; at++) crc = (crc >>> 8) ^ lookUp(0, crc ^ (bytes[at] as number))
	return ~crc >>> 0
}

/** `tables[256 · k + byte]`: the CRC of `byte` with k zero bytes after it. */
const tables: Int32Array = makeTables()

function lookUp(table: number, value: number): number {
	return tables[(table << 8) | (value & 0xff)] as number
}

function word(bytes: Uint8Array, at: number): number {
	return (
		(bytes[at] as number) |
		((bytes[at + 1] as number) << 8) |
		((bytes[at + 2] as number) << 16) |
		((bytes[at + 3] as number) << 24)
	)
}

function makeTables(): Int32Array {
	const made = new Int32Array(8 * 256)
	for (let byte = 0; byte < 256; byte++) {
		let crc = byte
		// The polynomial 1EDC6F41, bits reversed.
		for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
		made[byte] = crc
	}
	for (let index = 256; index < made.length; index++) {
		const shorter = made[index - 256] as number
		made[index] = (shorter >>> 8) ^ (made[shorter & 0xff] as number)
	}
	return made
}
