import type { BodyEnd } from '../../../src/transport/contract.ts'
import { pseudoRandom } from '../../support/body.ts'

/** One answer as it lies on the wire. */
export interface CutAnswer {
	readonly framing: BodyEnd['framing']
	readonly headBytes: number
	readonly wire: Buffer
	/** What the body is when the framing is taken off. */
	readonly body: Buffer
	/** How many bytes of the body lie before a position of the wire. */
	bodyBefore(position: number): number
	/** Where a cut is most likely to be taken for an end: around every byte that is not the body's. */
	readonly boundaries: readonly number[]
}

const answerBytes = 64 * 1024

/** Three answers of 64 KiB, one of each framing; the chunked one has extensions, an odd last chunk, and trailers. */
export const cutAnswers: readonly CutAnswer[] = [withLength(), inChunks(), untilClose()]

function withLength(): CutAnswer {
	// A length of five digits, as it must be for the whole to come out at 64 KiB.
	const head = headOf(`Content-Length: ${answerBytes - headOf('Content-Length: 12345').length}`)
	return plain('length', head)
}

function untilClose(): CutAnswer {
	return plain('close', headOf('Connection: close'))
}

function plain(framing: 'length' | 'close', head: Buffer): CutAnswer {
	const body = pseudoRandom(answerBytes - head.length)
	const wire = Buffer.concat([head, body])
	const boundaries = [...upTo(head.length), ...around(wire.length, 4)]
	const bodyBefore = (position: number): number => Math.max(0, position - head.length)
	return { framing, headBytes: head.length, wire, body, bodyBefore, boundaries }
}

function inChunks(): CutAnswer {
	const head = headOf('Transfer-Encoding: chunked')
	const end = Buffer.from('0;last\r\nX-First: one\r\nX-Second: two\r\n\r\n')
	const pieces = [head]
	const datas: { from: number; to: number }[] = []
	const boundaries = upTo(head.length)
	let at = head.length
	let taken = 0
	for (const chunkBytes of chunkSizes(answerBytes - head.length - end.length)) {
		const size = Buffer.from(`${chunkBytes.toString(16)}\r\n`)
		pieces.push(size, pseudoRandom(taken + chunkBytes).subarray(taken), Buffer.from('\r\n'))
		boundaries.push(...around(at, 3), ...around(at + size.length, 3))
		datas.push({ from: at + size.length, to: at + size.length + chunkBytes })
		at += size.length + chunkBytes + 2
		taken += chunkBytes
	}
	for (let last = at - 3; last < answerBytes; last++) boundaries.push(last)
	const wire = Buffer.concat([...pieces, end])
	const bodyBefore = (position: number): number =>
		datas.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(position, to) - from), 0)
	return { framing: 'chunked', headBytes: head.length, wire, body: pseudoRandom(taken), bodyBefore, boundaries }
}

/** Sizes of one to four digits in turn, whose chunks fill `bytes` to the last one. */
function chunkSizes(bytes: number): number[] {
	const sizes: number[] = []
	for (let left = bytes; left > 0; left -= framed(sizes.at(-1) as number)) {
		const wanted = [16_000, 200, 9][sizes.length % 3] as number
		sizes.push(framed(wanted) + 64 <= left ? wanted : lastSize(left))
	}
	return sizes
}

/** What a chunk of `size` bytes takes on the wire. */
function framed(size: number): number {
	return size.toString(16).length + size + 4
}

/** No size fills some lengths (its digits jump), so the rest may need a small chunk first. */
function lastSize(left: number): number {
	for (let size = left - 5; size > left - 10; size--) if (framed(size) === left) return size
	return 1
}

function headOf(field: string): Buffer {
	return Buffer.from(`HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nETag: "cut"\r\n${field}\r\n\r\n`)
}

function upTo(bytes: number): number[] {
	return Array.from({ length: bytes + 2 }, (_, at) => at)
}

function around(at: number, reach: number): number[] {
	return Array.from({ length: 2 * reach + 1 }, (_, step) => at - reach + step).filter(cut => cut < answerBytes)
}
