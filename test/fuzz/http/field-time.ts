import { readUrl } from '../../../src/api/download-url.ts'
import { resolveAsking } from '../../../src/api/resolve-options.ts'
import { neverCancelled } from '../../../src/base/abort.ts'
import { isDownloadError } from '../../../src/base/errors.ts'
import { chooseFileName } from '../../../src/model/file-name.ts'
import { probe } from '../../../src/source/probe.ts'
import type { Exchange, Request, ResponseHead, Transport } from '../../../src/transport/contract.ts'
import { framingOf, keepsAlive } from '../../../src/transport/http1/framing.ts'
import { HeadReader } from '../../../src/transport/http1/head-reader.ts'
import { parseHead } from '../../../src/transport/http1/response-head.ts'
import { seeded } from '../../support/seeded.ts'

/** Every field that skein decides on. */
const names = [
	...[
		'content-length',
		'connection',
		'transfer-encoding',
		'content-range',
		'etag',
		'last-modified',
		'date',
		'location',
	],
	...['content-disposition', 'content-encoding', 'content-type', 'accept-ranges', 'retry-after', 'repr-digest'],
	...['content-digest', 'digest', 'content-md5', 'x-goog-hash', 'x-amz-checksum-sha256'],
]
/** What patterns backtrack on when it is repeated. */
const units = [
	...[
		' ',
		'\t',
		',',
		';',
		'"',
		'\\',
		'=',
		'%',
		"'",
		'?',
		'*',
		'/',
		'.',
		'-',
		':',
		'@',
		'[',
		'#',
		'a',
		'1',
		'0',
		'\x80',
		'\xc3\xa9',
	],
	...[
		'\\"',
		'"\\',
		'a=',
		'a="',
		';a="',
		'x="\\";',
		'a,',
		' ,',
		', ',
		'a ',
		'%41',
		'%c3',
		'=?',
		'=?a?b?',
		'=?a?q?=',
		'?= ',
		'../',
	],
	...[
		'%2e%2e%2f',
		'sha-256=:',
		'a=:a:,',
		'W/',
		'bytes ',
		'filename=";',
		"filename*=UTF-8''%",
		'http://',
		'//',
		'("a" ',
	],
]
const prefixes = [
	...['', '5', 'bytes', 'bytes 0-', '"', 'W/"', 'Mon', 'chunked', 'attachment; filename=', 'attachment; filename="'],
	...[
		"attachment; filename*=UTF-8''",
		'attachment; filename==?utf-8?b?',
		'sha-256=:',
		'sha-256=',
		'crc32c=',
		'http://a/',
		'http://',
	],
]
const suffixes = ['', 'x', '"', '\\', ':']
const statuses = [200, 206, 302, 416, 429]

/** As much as a head may hold. */
const valueBytes = 60_000
/** Linear work on so many bytes takes a few milliseconds, and quadratic work seconds. */
const limitMs = 50

export interface FieldTimeFigures {
	readonly heads: number
	readonly slowestMs: number
}

/**
 * Reads heads with one field of 60,000 bytes, made of what patterns are slow on, and does with them all that a first answer
 * sets off. Throws where one takes more than 50 ms of CPU twice in a row, or fails with anything but a `DownloadError`.
 */
export async function proveFieldTime({
	heads,
	seed,
}: {
	readonly heads: number
	readonly seed: number
}): Promise<FieldTimeFigures> {
	const random = seeded(seed)
	const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
	let slowestMs = 0
	for (let count = 0; count < heads; count++) {
		const unit = one(units)
		const [name, status, prefix, suffix] = [one(names), one(statuses), one(prefixes), one(suffixes)]
		const value = prefix + unit.repeat(Math.floor(valueBytes / unit.length)) + suffix
		const wire = Buffer.from(`HTTP/1.1 ${status} X\r\n${besides(name, status)}${name}: ${value}\r\n\r\n`, 'latin1')
		const spentMs = Math.min(await cpuMs(wire), await cpuMs(wire))
		slowestMs = Math.max(slowestMs, spentMs)
		const what = `${name}: ${JSON.stringify(prefix)} + ${JSON.stringify(unit)} … + ${JSON.stringify(suffix)} with ${status}`
		if (spentMs > limitMs) throw new Error(`${what} takes ${Math.round(spentMs)} ms`)
	}
	return { heads, slowestMs: Math.round(slowestMs) }
}

/** Fields without which the answer would be refused before the one in question is looked at. */
function besides(name: string, status: number): string {
	const range = status === 206 && name !== 'content-range' ? 'Content-Range: bytes 0-4/5\r\n' : ''
	return name === 'content-length' || name === 'transfer-encoding' ? range : `${range}Content-Length: 5\r\n`
}

async function cpuMs(wire: Buffer): Promise<number> {
	const before = process.cpuUsage()
	try {
		const { resource } = await probe(transportOf(wire), here.url, asking, neverCancelled, true)
		chooseFileName(resource)
	} catch (error) {
		if (!isDownloadError(error) || error.code === 'E_INTERNAL') throw error
	}
	const { user, system } = process.cpuUsage(before)
	return (user + system) / 1000
}

const here = readUrl('http://here/file')
const asking = resolveAsking(here, { maxRedirects: 1 })

/** Every answer is the same head, read as from a connection; its body never comes. */
function transportOf(wire: Buffer): Transport {
	return {
		send: async (request: Request): Promise<Exchange> => {
			const head = headOf(wire, request.url.href)
			return {
				head,
				via: { connection: 1, reused: false, connectMs: 0, headMs: 0 },
				receive: async () => ({ framing: 'length', bytes: 0, lengthVerified: true }),
				resume: () => {},
				cancel: () => {},
			}
		},
		close: async () => {},
	}
}

function headOf(wire: Buffer, where: string): ResponseHead {
	const read = new HeadReader(where).read(wire, 0, wire.length)
	const { status, reason, fields, ...head } = parseHead(read?.lines ?? [], where)
	const framing = framingOf({ status, reason, fields, ...head }, where)
	keepsAlive({ status, reason, fields, ...head }, framing)
	return { status, reason, fields, contentLength: framing.kind === 'length' ? framing.bytes : undefined }
}
