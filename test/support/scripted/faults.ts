import type { Random } from '../../../src/base/random.ts'
import { type Asked, partOf, partReply, type Reply, statusReply, type Version, wholeReply } from './server.ts'

/** One way in which a server misbehaves. */
export interface Fault {
	/** How many of its answers it spoils. */
	readonly share: number
	spoil(reply: Reply, asked: Asked, version: Version, random: Random): Reply
}

type Spoil = Fault['spoil']

const errorPage = new TextEncoder().encode('<h1>Slow down, please</h1>')

const spoils: Readonly<Record<string, Spoil>> = {
	cut: (reply, _asked, _version, random) => ({
		...reply,
		cutAt: Math.floor(random() * reply.body.length),
		cutBy: random() < 0.5 ? 'E_NETWORK' : 'E_TRUNCATED',
	}),
	stall: (reply, _asked, _version, random) => ({ ...reply, stallsAt: Math.floor(random() * reply.body.length) }),
	silent: reply => ({ ...reply, headAfterMs: Number.POSITIVE_INFINITY }),
	refuse: (reply, _asked, _version, random) => ({ ...reply, fails: random() < 0.5 ? 'E_NETWORK' : 'E_TIMEOUT' }),
	slow: reply => ({ ...reply, bytesPerSecond: 20_000 }),
	late: (reply, _asked, _version, random) => ({ ...reply, headAfterMs: 1000 * random() }),
	busy: reply => statusReply(reply, 503),
	'busy-for': (reply, _asked, _version, random) =>
		statusReply(reply, 429, { 'retry-after': String(Math.floor(random() * 5)) }),
	cap: (reply, { busy }) => (busy > 2 ? statusReply(reply, 403) : reply),
	broken: reply => statusReply(reply, 500),
	'whole-for-part': (reply, _asked, version) => (partOf(reply) === undefined ? reply : wholeReply(reply, version)),
	'bad-range': reply => statusReply(reply, 416),
	'no-content-range': reply => {
		const { 'content-range': _, ...fields } = reply.fields
		return { ...reply, fields }
	},
	'other-part': (reply, _asked, version) => {
		const part = partOf(reply)
		return part === undefined || part.start < 10 ? reply : partReply(reply, version, part.start - 10, part.end - 10)
	},
	'short-part': (reply, _asked, version, random) => {
		const part = partOf(reply)
		if (part === undefined) return reply
		return partReply(reply, version, part.start, part.start + 1 + Math.floor(random() * (part.end - part.start - 1)))
	},
	'long-part': (reply, _asked, version) => {
		const part = partOf(reply)
		return part === undefined ? reply : partReply(reply, version, part.start, version.body.length)
	},
	chunked: reply => ({ ...reply, framing: 'chunked' }),
	'close-delimited': reply => (reply.status === 200 ? { ...reply, framing: 'close' } : reply),
	'page-for-part': (reply, _asked, _version, random) =>
		partOf(reply) === undefined || reply.body.length <= errorPage.length
			? reply
			: { ...reply, framing: random() < 0.5 ? 'chunked' : 'length', body: errorPage },
	'runs-on': reply =>
		reply.framing === 'chunked' && partOf(reply) !== undefined
			? { ...reply, body: Buffer.concat([reply.body, errorPage]) }
			: reply,
	redirect: (reply, { url, atMs }) => {
		const until = Number(url.searchParams.get('until'))
		if (url.pathname === '/file.bin')
			return statusReply(reply, 302, { location: `http://mirror.test/signed?until=${atMs + 800}` })
		return atMs < until ? reply : statusReply(reply, 403)
	},
}

/** Faults that are consistent or not at all. */
const always: ReadonlySet<string> = new Set(['redirect', 'cap'])

/** A random part of all faults; `change`, `disk` and `user` spoil no answer but have their part in it. */
export function faultsOf(random: Random): ReadonlyMap<string, Fault> {
	const faults = new Map<string, Fault>()
	const chance = random() * 0.4
	for (const [name, spoil] of Object.entries(spoils)) {
		const share = always.has(name) ? 1 : random() * 0.6
		if (random() < chance) faults.set(name, { share, spoil })
	}
	for (const name of ['change', 'disk', 'user']) {
		if (random() < 0.3) faults.set(name, { share: 0, spoil: reply => reply })
	}
	return faults
}
