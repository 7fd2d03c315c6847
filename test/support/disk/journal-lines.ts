import { crc32 } from 'node:zlib'

/** How much of a file its journal vouches for, in bytes. */
export interface Vouched {
	readonly etag: string | undefined
	/** Synced, and not written over since. */
	readonly durable: number
	/** Durable, or written by a write that has returned. */
	readonly recorded: number
}

/**
 * Reads a journal as `docs/design/journal.md` says that it is to be read, and shares no line with the program: the one that
 * is to be found wrong must not be asked what was promised. Undefined where not even the header is whole.
 */
export function readVouched(journal: Uint8Array): Vouched | undefined {
	const [header, ...records] = wholeLines(Buffer.from(journal).toString('latin1'))
	if (header?.startsWith(magic) !== true) return undefined
	const { bytes, identity } = JSON.parse(Buffer.from(header.slice(magic.length), 'latin1').toString())
	const marks = new Uint8Array(bytes)
	for (const { mark, start, end } of countingRecords(records, bytes)) marks.fill(mark, start, end)
	const count = (least: number): number => marks.reduce((sum, mark) => sum + (mark >= least ? 1 : 0), 0)
	return { etag: identity.etag, durable: count(durable), recorded: count(written) }
}

const magic = 'skein-journal 1 '
/** What is known of one byte. */
const written = 1
const durable = 2

interface Mark {
	readonly mark: typeof written | typeof durable
	readonly start: number
	readonly end: number
}

/** The bodies of the lines up to the first that is torn or has a wrong sum. */
function wholeLines(text: string): string[] {
	const bodies: string[] = []
	let sum = 0
	for (const line of text.split('\n').slice(0, -1)) {
		const [, body, digits] = /^(.*) ([0-9a-f]{8})$/s.exec(line) ?? []
		if (body === undefined || digits === undefined) break
		sum = crc32(Buffer.from(body, 'latin1'), sum)
		if (Number.parseInt(digits, 16) !== sum) break
		bodies.push(body)
	}
	return bodies
}

/** Without the written ones that a failed sync took back. */
function countingRecords(bodies: readonly string[], bytes: number): Mark[] {
	let marks: Mark[] = []
	for (const body of bodies) {
		const [kind, start, end] = body.split(' ')
		if (kind === 'l') marks = marks.filter(({ mark }) => mark === durable)
		else if ((kind !== 'w' && kind !== 'd') || Number(end) > bytes) break
		else marks.push({ mark: kind === 'd' ? durable : written, start: Number(start), end: Number(end) })
	}
	return marks
}
