import type { Listener } from '../support/scripted/transport.ts'
import type { Oracles } from './oracles.ts'
import type { Reached } from './reach.ts'
import { Segments } from './segments.ts'
import type { Trace } from './trace.ts'
import type { DiskWatcher } from './watched-disk.ts'

/** Where what is seen of a process goes. */
export interface Observed {
	readonly trace: Trace
	readonly reached: Reached
	readonly oracles: Oracles
}

/** Writes down what a process has to do with the network. */
export function listenTo(name: string, { trace, reached, oracles }: Observed): Listener {
	const segments = new Segments(reached)
	let requests = 0
	const note = (connection: number, what: string): void => trace.note(`${name}.c${connection}`, what)
	return {
		asked: (connection, { url, headers }, reused) => {
			const range = headers.find(([field]) => field === 'Range')?.[1]
			requests += 1
			oracles.checkRequests(requests)
			segments.asked(connection, url.host, range)
			note(connection, `GET ${url.host}${url.pathname} ${range ?? ''}${reused ? '' : ' (new connection)'}`)
		},
		answered: (connection, _request, { status, fields, body }) =>
			note(connection, `${status} ${fields['content-range'] ?? `${body.length} bytes`} ${fields['etag'] ?? ''}`),
		failed: (connection, code) => {
			segments.ended(connection)
			note(connection, code)
		},
		ended: (connection, how) => {
			segments.ended(connection)
			note(connection, how)
		},
	}
}

/** Writes down what a process has to do with the disk. */
export function watch(name: string, observed: Observed, onCall: (call: string) => void): DiskWatcher {
	const { trace, reached, oracles } = observed
	return {
		called: call => {
			trace.note(`${name}.disk`, call)
			onCall(call)
		},
		writing: (bytes, at) => oracles.checkWrite(bytes, at),
		publishing: (from, to, dirty) => oracles.checkPublishing(from, to, dirty),
		journaled: () => reached.note('journal'),
		blame: what => oracles.blame(`${name}: ${what}`),
	}
}
