import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

/** A file as the server has it. */
export interface Original {
	/** What a client that takes many calls it. */
	readonly name: string
	readonly bytes: number
	/** `zeros`: only the length is compared. */
	readonly content: { readonly memory: Buffer } | { readonly path: string } | 'zeros'
}

const pieceBytes = 4 * 1024 * 1024

/** Whether a file is a copy of an original; undefined where there is no file. Takes little memory, whatever the size. */
export async function isCopy(path: string, original: Original): Promise<boolean | undefined> {
	const file = await open(path).catch(() => undefined)
	if (file === undefined) return undefined
	try {
		if ((await file.stat()).size !== original.bytes) return false
		const { content } = original
		if (content === 'zeros') return true
		if ('memory' in content) return await isSame(file, original.bytes, async at => content.memory.subarray(at))
		await using other = await open(content.path)
		const memory = Buffer.allocUnsafe(pieceBytes)
		return await isSame(file, original.bytes, async (at, bytes) =>
			memory.subarray(0, await readAll(other, memory, at, bytes)),
		)
	} finally {
		await file.close()
	}
}

const digests = new WeakMap<Original, Promise<string>>()

/** In hex; computed once. */
export function digestOf(original: Original): Promise<string> {
	const digest = digests.get(original) ?? compute(original)
	digests.set(original, digest)
	return digest
}

async function compute({ content }: Original): Promise<string> {
	if (content === 'zeros') throw new Error('Nobody is told the digest of zeros')
	const hash = createHash('sha256')
	if ('memory' in content) hash.update(content.memory)
	else await pipeline(createReadStream(content.path, { highWaterMark: pieceBytes }), hash)
	return hash.digest('hex')
}

/** `wanted` gives at least as many bytes as it is asked for. */
async function isSame(
	file: FileHandle,
	length: number,
	wanted: (at: number, bytes: number) => Promise<Buffer>,
): Promise<boolean> {
	const piece = Buffer.allocUnsafe(pieceBytes)
	for (let at = 0; at < length; at += pieceBytes) {
		const bytes = Math.min(pieceBytes, length - at)
		const count = await readAll(file, piece, at, bytes)
		const right = await wanted(at, bytes)
		if (count < bytes || piece.compare(right, 0, bytes, 0, bytes) !== 0) return false
	}
	return true
}

async function readAll(file: FileHandle, into: Buffer, at: number, bytes: number): Promise<number> {
	let count = 0
	while (count < bytes) {
		const { bytesRead } = await file.read(into, count, bytes - count, at + count)
		if (bytesRead === 0) break
		count += bytesRead
	}
	return count
}
