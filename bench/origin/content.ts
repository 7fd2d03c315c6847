import { open, truncate, writeFile } from 'node:fs/promises'
import { pseudoRandom } from '../../test/support/body.ts'

const pageBytes = 4096
const noiseBytes = 1024 * 1024
const stepBytes = 16 * noiseBytes

/**
 * A slice of a content without end: the same noise in every MiB, each page of it stamped with where it is, so that a
 * page at a wrong offset shows. Nothing of it has to be kept, however long a file is.
 */
export function contentAt(from: number, bytes: number): Buffer {
	const noise = pseudoRandom(noiseBytes)
	const first = Math.floor(from / pageBytes)
	const pages = Math.ceil((from + bytes) / pageBytes) - first
	const content = Buffer.allocUnsafe(pages * pageBytes)
	for (let page = 0; page < pages; page++) {
		const at = (first + page) * pageBytes
		noise.copy(content, page * pageBytes, at % noiseBytes, (at % noiseBytes) + pageBytes)
		content.writeUIntBE(at, page * pageBytes, 6)
	}
	return content.subarray(from - first * pageBytes, from - first * pageBytes + bytes)
}

/** Writes a slice of it. */
export async function writeContent(path: string, from: number, bytes: number): Promise<void> {
	await using file = await open(path, 'w')
	for (let done = 0; done < bytes; done += stepBytes)
		await file.write(contentAt(from + done, Math.min(stepBytes, bytes - done)))
}

/** Writes zeros that take no place on the disk. */
export async function writeSparse(path: string, bytes: number): Promise<void> {
	await writeFile(path, '')
	await truncate(path, bytes)
}
