/** CRC-32 (ISO 3309, as in zlib) of `bytes`, going on from the CRC of what came before them. For some hundred kB, not for files. */
export function crc32(bytes: Uint8Array, before = 0): number {
	let crc = ~before
	for (let at = 0; at < bytes.length; at++) {
		crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] as number)) & 0xff] as number)
	}
	return ~crc >>> 0
}

const table: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
	let crc = byte
	// The polynomial 04C11DB7, bits reversed.
	for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
	return crc
})
