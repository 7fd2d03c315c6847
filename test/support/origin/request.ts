import type { Socket } from 'node:net'

/** What a client asked for, and what came of it. */
export interface RequestRecord {
	/** Counts the requests of an origin from 0. */
	readonly index: number
	readonly method: string
	/** As in the request line, with the query. */
	readonly path: string
	/** `HTTP/1.1`, mostly. */
	readonly protocol: string
	/** Fields by lower-case name; a repeated one is joined with ", ". */
	readonly headers: Readonly<Record<string, string>>
	/** Fields as they were sent, in their order. */
	readonly headerList: readonly (readonly [name: string, value: string])[]
	/** The one range asked for; undefined where there is none, several, or one that makes no sense. */
	readonly range: RequestedRange | undefined
	/** Counts connections from 0. */
	readonly connection: number
	/** Milliseconds since the origin started. */
	readonly atMs: number
	/** The status answered with; undefined where there was none, or not yet. */
	status: number | undefined
	/** Bytes of the body (of all, for a raw answer) that the socket took. */
	bytesSent: number
	/** `whole`: all that the answer meant to send. `cut`: ended on purpose before. `gone`: the client left, or the origin closed. */
	outcome: 'open' | 'whole' | 'cut' | 'gone'
}

/** Half-open; `bytes=5-` has no end, `bytes=-5` is a suffix. */
export type RequestedRange = { readonly start: number; readonly end: number | undefined } | { readonly suffix: number }

/** The part of a record that the request itself says. */
export type RequestHead = Pick<RequestRecord, 'method' | 'path' | 'protocol' | 'headers' | 'headerList' | 'range'>

/**
 * Calls `handle` for each request of a connection, one after the other. Requests have no bodies.
 *
 * The socket is read all the time, during an answer too, so that a client which leaves is noticed at once.
 */
export function onRequests(socket: Socket, handle: (head: RequestHead) => Promise<void>): void {
	let rest = ''
	let queue = Promise.resolve()
	socket.on('data', data => {
		rest += data.toString('latin1')
		for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
			const head = parseHead(rest.slice(0, end))
			rest = rest.slice(end + 4)
			queue = queue.then(() => handle(head))
		}
	})
}

function parseHead(text: string): RequestHead {
	const [requestLine = '', ...lines] = text.split('\r\n')
	const [method = '', path = '', protocol = ''] = requestLine.split(' ')
	const headerList = lines.map(parseField)
	const headers: Record<string, string> = {}
	for (const [name, value] of headerList) {
		const key = name.toLowerCase()
		headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`
	}
	return { method, path, protocol, headers, headerList, range: parseRange(headers['range']) }
}

function parseField(line: string): [name: string, value: string] {
	const colon = line.indexOf(':')
	return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

function parseRange(value: string | undefined): RequestedRange | undefined {
	const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/i.exec(value ?? '') ?? []
	if (first === '') return last === '' ? undefined : { suffix: Number(last) }
	if (last !== '' && Number(last) < Number(first)) return undefined
	return { start: Number(first), end: last === '' ? undefined : Number(last) + 1 }
}
