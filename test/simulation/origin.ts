import type { Random } from '../../src/base/random.ts'
import type { Request } from '../../src/transport/contract.ts'
import {
	type Asked,
	askedBy,
	type Reply,
	rightReply,
	type Seen,
	statusReply,
	type Version,
} from '../support/scripted/server.ts'
import type { Reached } from './reach.ts'
import type { MirrorTraits, Scenario } from './scenario.ts'
import { spoil } from './spoils.ts'
import { sha256Of, type Truth } from './truth.ts'

/** The server: answers by the truth, with the traits and the faults of the scenario, until it is healed. */
export class Origin {
	healed = false
	/** Requests, of all processes. */
	requests = 0
	readonly #scenario: Scenario
	readonly #truth: Truth
	readonly #random: Random
	readonly #reached: Reached
	readonly #fault: (name: string) => void

	constructor(scenario: Scenario, truth: Truth, random: Random, reached: Reached, fault: (name: string) => void) {
		this.#scenario = scenario
		this.#truth = truth
		this.#random = random
		this.#reached = reached
		this.#fault = fault
	}

	static urlOf(file: number): URL {
		return new URL(`http://origin.test/${file}/file.bin`)
	}

	static mirrorUrlOf(file: number, nth: number): URL {
		return new URL(`http://m${nth}.test/${file}/file.bin`)
	}

	answer(request: Request, seen: Seen): Reply {
		this.requests += 1
		const mirror = this.#scenario.mirrors?.[Number(/^m(\d)\.test$/.exec(request.url.host)?.[1])]
		if (mirror !== undefined) return this.#answerAsMirror(mirror, askedBy(request, seen, this.requests))
		const asked = askedBy(request, seen, this.requests)
		const version = this.#versionFor(asked)
		if (!this.healed && asked.atMs >= (this.#scenario.goneFromMs ?? Number.POSITIVE_INFINITY)) {
			this.#note('gone')
			return statusReply(rightReply(version, asked, { ranges: true, headAfterMs: 20, bytesPerSecond: 1 }), 404)
		}
		const right = this.#framed(this.#rightReply(asked, version), asked, version)
		return this.#toll(asked, right) ?? this.#spoiled(right, asked, version)
	}

	#answerAsMirror(mirror: MirrorTraits, asked: Asked): Reply {
		const { bytesPerSecond, upFromMs, upToMs } = mirror
		const present = this.#truth.versionAt(0, this.healed ? Number.POSITIVE_INFINITY : asked.atMs)
		// After all is well it has the right file, as the others.
		const version = this.#truth.inPlaceOf(present, this.healed ? 'the file' : mirror.has)
		const served = this.#truth.asServed(version, mirror.etag === 'own' ? `-${asked.url.host}` : '')
		const named = mirror.etag === 'same' ? { ...this.#truth.asServed(present, ''), body: version.body } : served
		const right = rightReply(named, asked, { ranges: true, headAfterMs: 20, bytesPerSecond })
		if (!this.healed && (asked.atMs < upFromMs || asked.atMs >= upToMs)) {
			this.#note('dead mirror')
			return { ...right, fails: 'E_NETWORK' }
		}
		if (version !== present)
			this.#note(mirror.has === 'another file' ? 'mirror of another file' : 'mirror of wrong bytes')
		if (this.#scenario.origin.digests !== 'right') return right
		// Wrong bytes come with the digest of the right ones: so they are meant to be.
		const digest = sha256Of(mirror.has === 'another file' ? version.body : present.body)
		return { ...right, fields: { ...right.fields, 'repr-digest': `sha-256=:${digest.toString('base64')}:` } }
	}

	#versionFor({ url, atMs, connection }: Asked): Version {
		const { nodes } = this.#scenario.origin
		const node = nodes === undefined || this.healed ? 0 : connection % nodes.count
		const file = Number(url.pathname.split('/')[1])
		const late = node === 0 || nodes === undefined ? 0 : nodes.lagMs
		const version = this.#truth.versionAt(file, this.healed ? Number.POSITIVE_INFINITY : atMs - late)
		if (version.number > 1) this.#reached.note('new version')
		if (node > 0) this.#reached.note('other node')
		return this.#truth.asServed(version, node > 0 && nodes?.etags === 'apart' ? `-${node}` : '')
	}

	#rightReply(asked: Asked, version: Version): Reply {
		const { bytesPerSecond, headAfterMs, jitterMs, ranges, slowEvery, ifRange } = this.#scenario.origin
		const slow = slowEvery !== undefined && asked.connection % slowEvery === 0 && !this.healed
		const manner = {
			ranges,
			headAfterMs: headAfterMs + jitterMs * this.#random(),
			bytesPerSecond: slow ? bytesPerSecond / 10 : bytesPerSecond,
		}
		if (slow) this.#reached.note('slow connection')
		if (asked.ifRange !== undefined && ifRange === 'nothing')
			return rightReply(version, { ...asked, ifRange: undefined }, manner)
		if (asked.ifRange?.startsWith('"') && ifRange === 'dates only')
			return rightReply(version, { ...asked, ifRange: 'unknown' }, manner)
		return rightReply(version, asked, manner)
	}

	#framed(right: Reply, { url }: Asked, version: Version): Reply {
		const { framing, digests } = this.#scenario.origin
		const reply = right.status < 300 ? { ...right, framing } : right
		if (digests === 'none') return reply
		const wrong = digests === 'wrong' && !this.healed
		if (wrong) this.#reached.note('wrong digest')
		const digest = wrong ? Buffer.alloc(32, url.pathname) : sha256Of(version.body)
		return { ...reply, fields: { ...reply.fields, 'repr-digest': `sha-256=:${digest.toString('base64')}:` } }
	}

	/** What stands before the file: links that expire, and a limit on connections. */
	#toll(asked: Asked, right: Reply): Reply | undefined {
		const { links, cap } = this.#scenario.origin
		if (links !== undefined && asked.url.host === 'origin.test') {
			const until = this.healed ? Number.MAX_SAFE_INTEGER : asked.atMs + links.livesMs
			return statusReply(right, 302, { location: `http://cdn.test${asked.url.pathname}?until=${until}` })
		}
		if (links !== undefined && !this.healed && asked.atMs >= Number(asked.url.searchParams.get('until'))) {
			this.#note('expired link')
			return statusReply(right, links.status)
		}
		if (cap === undefined || this.healed || asked.busy <= cap.connections) return undefined
		this.#note('cap')
		if (cap.by === 'reset') return { ...right, fails: 'E_NETWORK' }
		if (cap.by === 'silence') return { ...right, headAfterMs: Number.POSITIVE_INFINITY }
		return statusReply(right, cap.by, cap.by === 429 ? { 'retry-after': '1' } : {})
	}

	#spoiled(right: Reply, asked: Asked, version: Version): Reply {
		let reply = right
		if (this.healed) return reply
		for (const { name, share } of this.#scenario.spoils) {
			if (this.#random() >= share) continue
			const before = reply
			reply = spoil(name)(reply, asked, version, this.#random)
			if (reply !== before) this.#note(name)
		}
		return reply
	}

	#note(name: Parameters<Reached['note']>[0]): void {
		this.#reached.note(name)
		this.#fault(name)
	}
}
