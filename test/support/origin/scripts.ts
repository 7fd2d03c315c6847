import type { Answer, Cut, Script } from './answer.ts'
import type { RequestRecord } from './request.ts'

/** All scripts at once; where two set the same field, the later one wins. */
export function together(...scripts: readonly Script[]): Script {
	return (request, n) => Object.assign({}, ...scripts.map(script => script(request, n)))
}

/** The script for one path (its query does not matter); the others are answered rightly. */
export function forPath(path: string, script: Script): Script {
	return (request, n) => (request.path.split('?')[0] === path ? script(request, n) : undefined)
}

/** Each request its own answer, and the right one when the list is over. */
export function inOrder(...answers: readonly Answer[]): Script {
	return (_, n) => answers[n]
}

/** A server that knows no ranges: 200 with the whole, and no word of Accept-Ranges. */
export function ignoreRanges(): Script {
	return () => ({ range: 'ignore', headers: { 'Accept-Ranges': null } })
}

/** A server that does not say how long its body is. */
export function withoutLength(framing: 'chunked' | 'close'): Script {
	return () => ({ range: 'ignore', framing, headers: { 'Accept-Ranges': null } })
}

/** Every response ends after `bytes` of its body. */
export function cutEvery(bytes: number, by: Cut['by'] = 'fin'): Script {
	return () => ({ cut: { at: bytes, by } })
}

/** About one of four requests is answered with 503, and always the same ones for a seed. */
export function quarterOf503(seed = 1, retryAfter?: string): Script {
	const refusal = { status: 503, headers: retryAfter === undefined ? {} : { 'Retry-After': retryAfter } }
	return (_, n) => (scatter(seed, n) < 0.25 ? refusal : undefined)
}

/** Sends the client on. With `forPath`, unless it is to go round in circles. */
export function redirectTo(location: string, status = 302): Script {
	return () => ({ redirect: location, status })
}

/** Requests from the `n`th on, counted from 0, see another version. */
export function changeVersionAfter(n: number, version = 1): Script {
	return (_, index) => (index >= n ? { version } : undefined)
}

/** Requests from the `n`th on, counted from 0, are refused. */
export function expireAfter(n: number, status = 403): Script {
	return (_, index) => (index >= n ? { status } : undefined)
}

/**
 * Signed links: a request without `?token=` is sent on to a new link, and each link is good for `requests` requests.
 */
export function expiringLinks(requests: number, status = 403): Script {
	const used: number[] = []
	return ({ path }) => {
		const token = /\?token=(\d+)$/.exec(path)?.[1]
		if (token === undefined) return { redirect: `${path.split('?')[0]}?token=${used.push(0) - 1}` }
		const uses = (used[Number(token)] ?? requests) + 1
		used[Number(token)] = uses
		return uses > requests ? { status } : undefined
	}
}

const refusals: Readonly<Record<'503' | '403' | '429' | 'reset' | 'hang', Answer>> = {
	'503': { status: 503 },
	'403': { status: 403 },
	'429': { status: 429 },
	reset: { raw: '', cut: { at: 0, by: 'rst' } },
	hang: { hang: true },
}

/** At most `n` responses at once: what comes while so many are under way is turned away. */
export function capConnections(n: number, by: keyof typeof refusals): Script {
	const admitted = new Set<RequestRecord>()
	return request => {
		for (const earlier of admitted) if (earlier.outcome !== 'open') admitted.delete(earlier)
		if (admitted.size >= n) return refusals[by]
		admitted.add(request)
		return undefined
	}
}

/** Every `nth` request, the last of each such group, is served at a fraction of the rate. */
export function slowEvery(nth: number, factor: number): Script {
	return (_, n) => (n % nth === nth - 1 ? { slowedBy: factor } : undefined)
}

/** The first `n` responses stop for ever after `at` bytes of their bodies. */
export function stallFirst(n: number, at = 0): Script {
	return (_, index) => (index < n ? { stallAt: at } : undefined)
}

/** A number in [0, 1) that depends on seed and index alone: the mixing steps of splitmix32. */
function scatter(seed: number, index: number): number {
	let mixed = (Math.imul(seed, 0x9e3779b9) + Math.imul(index + 1, 0x85ebca6b)) | 0
	mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad)
	mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
	return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
}
