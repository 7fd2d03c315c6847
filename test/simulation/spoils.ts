import type { Random } from '../../src/base/random.ts'
import {
	type Asked,
	partOf,
	partReply,
	type Reply,
	statusReply,
	type Version,
	wholeReply,
} from '../support/scripted/server.ts'

/** Makes a wrong answer of a right one, or leaves it where it cannot. */
export type Spoil = (reply: Reply, asked: Asked, version: Version, random: Random) => Reply

/** In an order that seeds depend on: a new one goes to the end. */
export const spoilNames = [
	'reset',
	'cut',
	'stall',
	'slows down',
	'silent',
	'refused',
	'late',
	'busy',
	'busy for a while',
	'broken',
	'not found',
	'whole for part',
	'unsatisfiable',
	'no Content-Range',
	'no validator',
	'other part',
	'part from 0',
	'short part',
	'long part',
	'other total',
	'unknown total',
	'several parts',
	'coded',
	'chunked',
	'page for part',
	'login page',
	'runs on',
	'length too long',
	'weak for strong',
	'flipped',
	'stall near the end',
] as const

export type SpoilName = (typeof spoilNames)[number]

const errorPage = new TextEncoder().encode('<h1>Slow down, please</h1>')

/**
 * What answers may do wrong, each in a way that RFC 9110 and RFC 9112 let a client notice. Wrong bytes of the right length
 * under the right validator are left to `flipped`, which is played only where a digest is known.
 */
const spoils: Readonly<Record<SpoilName, Spoil>> = {
	reset: (reply, _asked, _version, random) => ({ ...reply, cutAt: Math.floor(random() * reply.body.length) }),
	cut: (reply, _asked, _version, random) => ({
		...reply,
		cutAt: Math.floor(random() * reply.body.length),
		cutBy: 'E_TRUNCATED',
	}),
	stall: (reply, _asked, _version, random) => ({ ...reply, stallsAt: Math.floor(random() * reply.body.length) }),
	'slows down': (reply, _asked, _version, random) => ({ ...reply, slowsAt: Math.floor(random() * reply.body.length) }),
	// What is left is little enough for a second connection to race for; that one comes through.
	'stall near the end': (reply, _asked, _version, random) => {
		const stallsAt = reply.body.length - 1 - Math.floor(random() * 4000)
		// What begins with the file is cut long before.
		return stallsAt < 4000 || (partOf(reply)?.start ?? 0) === 0 ? reply : { ...reply, stallsAt }
	},
	silent: reply => ({ ...reply, headAfterMs: Number.POSITIVE_INFINITY }),
	refused: (reply, _asked, _version, random) => ({ ...reply, fails: random() < 0.5 ? 'E_NETWORK' : 'E_TIMEOUT' }),
	late: (reply, _asked, _version, random) => ({ ...reply, headAfterMs: reply.headAfterMs + 1000 * random() }),
	busy: reply => statusReply(reply, 503),
	'busy for a while': (reply, _asked, _version, random) =>
		statusReply(reply, 429, { 'retry-after': String(Math.floor(random() * 4)) }),
	broken: reply => statusReply(reply, 500),
	'not found': reply => statusReply(reply, 404),
	'whole for part': (reply, _asked, version) => (partOf(reply) === undefined ? reply : wholeReply(reply, version)),
	unsatisfiable: reply => statusReply(reply, 416),
	'no Content-Range': reply => without(reply, 'content-range'),
	'no validator': reply => without(without(reply, 'etag'), 'last-modified'),
	'other part': (reply, _asked, version) => {
		const part = partOf(reply)
		return part === undefined || part.start < 10 ? reply : partReply(reply, version, part.start - 10, part.end - 10)
	},
	'part from 0': (reply, _asked, version) => {
		const part = partOf(reply)
		return part === undefined ? reply : partReply(reply, version, 0, part.end - part.start)
	},
	'short part': (reply, _asked, version, random) => {
		const part = partOf(reply)
		if (part === undefined) return reply
		return partReply(reply, version, part.start, part.start + 1 + Math.floor(random() * (part.end - part.start - 1)))
	},
	'long part': (reply, _asked, version) => {
		const part = partOf(reply)
		return part === undefined ? reply : partReply(reply, version, part.start, version.body.length)
	},
	// Never less than there is: nobody notices what nobody speaks of.
	'other total': (reply, _asked, { body }) => {
		const part = partOf(reply)
		if (part === undefined) return reply
		return withField(reply, 'content-range', `bytes ${part.start}-${part.end - 1}/${body.length + 4711}`)
	},
	'unknown total': reply => {
		const part = partOf(reply)
		return part === undefined ? reply : withField(reply, 'content-range', `bytes ${part.start}-${part.end - 1}/*`)
	},
	'several parts': reply =>
		partOf(reply) === undefined ? reply : withField(reply, 'content-type', 'multipart/byteranges; boundary=x'),
	coded: reply => withField({ ...reply, body: errorPage }, 'content-encoding', 'gzip'),
	chunked: reply => ({ ...reply, framing: 'chunked' }),
	'page for part': (reply, _asked, _version, random) =>
		partOf(reply) === undefined || reply.body.length <= errorPage.length
			? reply
			: { ...reply, framing: random() < 0.5 ? 'chunked' : 'length', body: errorPage },
	// To the first request of all a page in place of the file is the file.
	'login page': (reply, { range }) =>
		range === undefined || (range.start === 0 && range.end === undefined)
			? reply
			: { ...reply, status: 200, fields: { 'content-type': 'text/html' }, framing: 'length', body: errorPage },
	'runs on': reply =>
		partOf(reply) === undefined
			? reply
			: { ...reply, framing: 'chunked', body: Buffer.concat([reply.body, errorPage]) },
	'length too long': reply => ({ ...reply, contentLength: reply.body.length + 100 }),
	'weak for strong': reply =>
		reply.fields['etag'] === undefined ? reply : withField(reply, 'etag', `W/${reply.fields['etag']}`),
	flipped: (reply, _asked, _version, random) => {
		const body = Buffer.from(reply.body)
		const at = Math.floor(random() * body.length)
		if (body.length > 0) body[at] = (body[at] as number) ^ 0x10
		return { ...reply, body }
	},
}

export const spoil = (name: SpoilName): Spoil => spoils[name]

function without(reply: Reply, field: string): Reply {
	const { [field]: _, ...fields } = reply.fields
	return { ...reply, fields }
}

function withField(reply: Reply, name: string, value: string): Reply {
	return { ...reply, fields: { ...reply.fields, [name]: value } }
}
