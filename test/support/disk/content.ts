/** What a file system hands out, and what `allocatedBytes` counts in. */
export const pageBytes = 4096

/** The bytes of a file, sparse. A value: what changes it makes another one, which shares the pages that stayed. */
export interface Content {
	readonly bytes: number
	/** Whole pages, zero beyond the end of the file; a hole is undefined. Never written to. */
	readonly pages: readonly (Uint8Array | undefined)[]
}

export const noContent: Content = { bytes: 0, pages: [] }

export function withBytes(content: Content, at: number, bytes: Uint8Array): Content {
	if (bytes.length === 0) return content
	const end = at + bytes.length
	const pages = [...content.pages]
	while (pages.length * pageBytes < end) pages.push(undefined)
	for (let page = Math.floor(at / pageBytes); page * pageBytes < end; page++) {
		const start = page * pageBytes
		const from = Math.max(at, start)
		const changed = copyOf(pages[page])
		changed.set(bytes.subarray(from - at, Math.min(end, start + pageBytes) - at), from - start)
		pages[page] = changed
	}
	return { bytes: Math.max(content.bytes, end), pages }
}

/** Cut, or grown by a hole. */
export function withLength(content: Content, bytes: number): Content {
	const count = Math.ceil(bytes / pageBytes)
	const pages = content.pages.slice(0, count)
	while (pages.length < count) pages.push(undefined)
	const last = pages[count - 1]
	if (bytes < content.bytes && last !== undefined && bytes % pageBytes > 0) {
		pages[count - 1] = copyOf(last).fill(0, bytes % pageBytes)
	}
	return { bytes, pages }
}

/** Answers how many bytes there were; 0 at the end and beyond it. */
export function readInto(content: Content, at: number, into: Uint8Array): number {
	const end = Math.min(content.bytes, at + into.length)
	for (let from = at; from < end; ) {
		const start = Math.floor(from / pageBytes) * pageBytes
		const to = Math.min(end, start + pageBytes)
		const page = content.pages[start / pageBytes]
		if (page === undefined) into.fill(0, from - at, to - at)
		else into.set(page.subarray(from - start, to - start), from - at)
		from = to
	}
	return Math.max(0, end - at)
}

export function bytesOf(content: Content): Uint8Array {
	const bytes = new Uint8Array(content.bytes)
	readInto(content, 0, bytes)
	return bytes
}

export function allocatedBytes({ pages }: Content): number {
	let count = 0
	for (const page of pages) if (page !== undefined) count += 1
	return count * pageBytes
}

/** How many of `bytes` at `at` fit where only `freeBytes` of new pages are to be had. */
export function fitting(content: Content, at: number, bytes: number, freeBytes: number): number {
	let left = Math.floor(freeBytes / pageBytes)
	for (let page = Math.floor(at / pageBytes); page * pageBytes < at + bytes; page++) {
		if (content.pages[page] !== undefined) continue
		if (left === 0) return Math.max(0, page * pageBytes - at)
		left -= 1
	}
	return bytes
}

function copyOf(page: Uint8Array | undefined): Uint8Array {
	return page === undefined ? new Uint8Array(pageBytes) : page.slice()
}
