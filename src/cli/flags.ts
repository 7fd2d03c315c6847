import { type Flag, switched, valued } from './flag.ts'
import * as values from './flag-value.ts'

/** All there are, in the order of `--help`. */
export const flags: readonly Flag[] = [
	valued('Files', '-o, --output', 'FILE', values.anyText, {
		summary: 'write to FILE; - is standard output, in order',
		default: 'the name that the server or the URL gives',
		set: (typed, text) => {
			typed.output = text
		},
	}),
	valued('Files', '-d, --dir', 'DIR', values.anyText, {
		summary: 'folder for the files, made when missing; a relative -o is relative to it',
		default: '.',
		set: (typed, text) => {
			typed.dir = text
		},
	}),
	valued('Files', '-i, --input-file', 'FILE', values.anyText, {
		summary:
			'URLs from FILE, one a line, its mirrors after TABs; - is standard input; `  out=NAME`, `  dir=DIR`, `  checksum=…` below a URL are its own',
		set: (typed, text) => {
			typed.inputFile = text
		},
	}),
	valued('Files', '--mirror', 'URL', values.anyText, {
		summary: 'another address of the same file, which with --checksum shares the work; repeatable, with one URL',
		set: (typed, url) => {
			typed.mirrors.push(url)
		},
	}),
	valued('Files', '--metalink', 'FILE|URL', values.anyText, {
		summary: 'the files that a Metalink (3 or 4) describes: names, sizes, checksums, pieces and addresses',
		set: (typed, place) => {
			typed.metalink = place
		},
	}),
	valued('Files', '--if-exists', 'ACTION', values.oneOf('rename', 'overwrite', 'skip', 'error'), {
		summary: 'when the target exists: rename (name.1.ext), overwrite, skip or error',
		default: 'rename',
		set: (typed, action) => {
			typed.download.ifExists = action
		},
	}),
	switched('Files', '--fresh', 'ignore an earlier .part instead of going on with it', typed => {
		typed.download.fresh = true
	}),
	switched('Files', '--sync', 'sync small files too to the disk before they count as done', typed => {
		typed.download.sync = true
	}),
	valued('Files', '--max-size', 'SIZE', values.size, {
		summary: 'refuse a larger file',
		default: 'none',
		set: (typed, bytes) => {
			typed.download.maxBytes = bytes
		},
	}),
	valued('Speed', '-x, --connections', 'auto|N', values.connections, {
		summary: 'connections for each file; N is exact where the server allows it',
		default: 'auto',
		set: (typed, connections) => {
			typed.download.connections = connections
		},
	}),
	valued('Speed', '-j, --jobs', 'N', values.wholeNumber(1), {
		summary: 'files at once',
		default: '4',
		set: (typed, count) => {
			typed.filesAtOnce = count
		},
	}),
	valued('Speed', '--max-connections', 'N', values.wholeNumber(1), {
		summary: 'ceiling of auto',
		default: '32',
		set: (typed, count) => {
			typed.download.maxConnections = count
		},
	}),
	valued('Speed', '--max-per-host', 'N', values.wholeNumber(1), {
		summary: 'connections to one host, all files together',
		default: '32',
		set: (typed, count) => {
			typed.client.maxPerHost = count
		},
	}),
	valued('Speed', '--min-split', 'SIZE', values.size, {
		summary: 'split no segment below this',
		default: 'by speed',
		set: (typed, bytes) => {
			typed.download.minSplitBytes = bytes
		},
	}),
	valued('Speed', '--limit-rate', 'RATE', values.rate, {
		summary: 'bytes a second, all files together',
		default: 'none',
		set: (typed, bytesPerSecond) => {
			typed.client.limitRate = bytesPerSecond
		},
	}),
	valued('Safety', '--checksum', 'DIGEST', values.anyText, {
		users: ['get', 'verify'],
		summary: 'ALG=HEX or the SRI form sha256-BASE64; a mismatch fails, and keeps no downloaded file',
		default: 'when downloading, what the server sends',
		set: (typed, checksum) => {
			typed.download.checksum = checksum
		},
	}),
	valued('Safety', '--cacert', 'FILE', values.anyText, {
		users: ['get', 'probe'],
		summary: 'trust the certificates in FILE (PEM) instead of the system’s',
		set: (typed, path) => {
			typed.cacertFile = path
		},
	}),
	switched(
		'Safety',
		'--insecure',
		'accept any certificate',
		typed => {
			typed.client.insecure = true
		},
		['get', 'probe'],
	),
	valued('Patience', '--retries', 'N', values.wholeNumber(0), {
		summary: 'attempts in a row without a new byte before a segment gives up',
		default: '8',
		set: (typed, count) => {
			typed.download.retries = count
		},
	}),
	valued('Patience', '--connect-timeout', 'S', values.seconds, {
		users: ['get', 'probe'],
		summary: 'seconds for name, TCP and TLS',
		default: '15',
		set: (typed, ms) => {
			typed.download.connectTimeoutMs = ms
		},
	}),
	valued('Patience', '--stall-timeout', 'S', values.seconds, {
		users: ['get', 'probe'],
		summary: 'seconds without a byte, or without a response head, before a connection is given up',
		default: '15',
		set: (typed, ms) => {
			typed.download.stallTimeoutMs = ms
		},
	}),
	valued('Patience', '--max-time', 'S', values.seconds, {
		summary: 'seconds for each file',
		default: 'none',
		set: (typed, ms) => {
			typed.download.maxTimeMs = ms
		},
	}),
	valued('Patience', '--max-redirects', 'N', values.wholeNumber(0), {
		users: ['get', 'probe'],
		summary: 'redirects to follow',
		default: '20',
		set: (typed, count) => {
			typed.download.maxRedirects = count
		},
	}),
	valued('Request', '-H, --header', 'LINE', values.header, {
		users: ['get', 'probe'],
		summary: 'a header, `Name: value`, for the URL’s own origin alone; repeatable',
		set: (typed, { name, value }) => addHeader(typed.headers, name, value),
	}),
	valued('Request', '-A, --user-agent', 'TEXT', values.headerText, {
		users: ['get', 'probe'],
		summary: 'what to call ourselves',
		default: 'skein/VERSION',
		set: (typed, text) => {
			typed.download.userAgent = text
		},
	}),
	valued('Request', '-e, --referer', 'URL', values.headerText, {
		users: ['get', 'probe'],
		summary: 'the page that led here',
		set: (typed, text) => {
			typed.headers.set('referer', text)
		},
	}),
	valued('Request', '-u, --user', 'NAME:PASS', values.userAndPassword, {
		users: ['get', 'probe'],
		summary: 'user and password (Basic), for the URL’s own origin alone',
		set: (typed, authorization) => {
			typed.headers.set('authorization', authorization)
		},
	}),
	switched(
		'Output',
		'--json',
		'events on standard output, one JSON object a line; nothing else there',
		typed => {
			typed.json = true
		},
		['get', 'probe'],
	),
	switched('Output', '--explain', 'after each file, the figures behind the verdict', typed => {
		typed.explain = true
	}),
	switched(
		'Output',
		'-q, --quiet',
		'errors alone',
		typed => {
			typed.quiet = true
		},
		['get', 'verify'],
	),
]

/** RFC 9110 §5.3: a header given twice is one with both values; a cookie list has a separator of its own (RFC 6265 §4.2.1). */
function addHeader(headers: Map<string, string>, name: string, value: string): void {
	const key = name.toLowerCase()
	const before = headers.get(key)
	headers.set(key, before === undefined ? value : `${before}${key === 'cookie' ? '; ' : ', '}${value}`)
}
