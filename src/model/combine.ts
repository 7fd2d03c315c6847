import { type ByteRange, intersection } from './byte-range.ts'
import { contentCoding } from './content-coding.ts'
import { parseContentRange, parseUnsatisfiedTotal } from './content-range.ts'
import { type Identity, identityFrom, strongValidator } from './validator.ts'

/** The version that a download is committed to. */
export interface Committed {
	/** The length, where it is known. */
	readonly bytes: number | undefined
	readonly identity: Identity
	/** Whether a digest of the whole will be checked at the end: it can stand in for a validator. */
	readonly digestKnown: boolean
}

export interface Answered {
	readonly status: number
	readonly fields: ReadonlyMap<string, string>
	readonly contentLength: number | undefined
}

/** What a response to a ranged request is good for. Nothing is written before the answer is `part` or `whole`. */
export type Combination =
	/** Its body is these bytes of the committed version; what runs on past `range.end` is dropped. */
	| { readonly kind: 'part'; readonly range: ByteRange }
	/** The server ignored the range: its body is the committed version from the first byte. */
	| { readonly kind: 'whole' }
	/** The resource has another version now. */
	| { readonly kind: 'changed'; readonly why: string }
	/** It says nothing that can be trusted, for or against the version. */
	| { readonly kind: 'refused'; readonly why: string }
	/** Nothing is left from there on: the file, whose length nobody had said, ends where the range begins. */
	| { readonly kind: 'ended' }
	/** Not a success: what to do is decided by the status. */
	| { readonly kind: 'status' }

/**
 * Decides whether the bytes of a response may be combined with what is there (RFC 9110 §15.3.7.3): one version only, proven
 * by a strong validator or by a digest that is checked at the end.
 *
 * @param asked the bytes that the request asked for
 */
export function combine(committed: Committed, asked: ByteRange, response: Answered): Combination {
	switch (response.status) {
		case 206:
			return combinePart(committed, asked, response)
		case 200:
			return combineWhole(committed, response)
		case 416:
			return combineUnsatisfied(committed, asked, response)
		default:
			return { kind: 'status' }
	}
}

/** Whether bytes of a second response may follow those of a first: not without a strong validator or a digest. */
export function canContinue(committed: Committed): boolean {
	return committed.digestKnown || strongValidator(committed.identity) !== undefined
}

function combinePart(committed: Committed, asked: ByteRange, response: Answered): Combination {
	const coding = contentCoding(response.fields)
	if (coding !== undefined) return refused(`a range of ${coding}-coded bytes`)
	if (/^multipart\//i.test(response.fields.get('content-type') ?? '')) return refused('several parts for one range')
	const content = parseContentRange(response.fields.get('content-range'))
	if (content === undefined) return refused('a 206 without a valid Content-Range')
	if (differs(content.bytes, committed.bytes)) return changedLength(committed, content.bytes)
	// Without a total, a last byte that the file has not says as much.
	if (content.range.end > (committed.bytes ?? content.range.end)) {
		return changedLength(committed, `${content.range.end} or more`)
	}
	const version = compareVersions(committed, identityFrom(response.fields))
	if (version !== 'same') return version
	if (asked.start > 0 && !canContinue(committed)) return refused('nothing proves that it is the same version')
	if (content.range.start !== asked.start) {
		return refused(`bytes from ${content.range.start} on where ${asked.start} was asked for`)
	}
	if (differs(response.contentLength, content.range.end - content.range.start)) {
		return refused(`${response.contentLength} bytes that claim to be ${content.range.end - content.range.start}`)
	}
	// RFC 9110 §15.3.7: a shorter range than asked is legal, the rest is asked for again; a longer one is cut.
	return { kind: 'part', range: intersection(content.range, asked) }
}

function combineWhole(committed: Committed, response: Answered): Combination {
	const coding = contentCoding(response.fields)
	if (coding !== undefined) return refused(`${coding}-coded bytes that nobody asked for`)
	// RFC 9110 §14.4: Content-Range has no meaning in a 200; who sends one means something else than he says.
	if (response.fields.has('content-range')) return refused('a 200 with a Content-Range')
	const version = compareVersions(committed, identityFrom(response.fields))
	if (version !== 'same') return version
	if (differs(response.contentLength, committed.bytes)) {
		return refused(`${response.contentLength} bytes under the validator of ${committed.bytes}`)
	}
	return { kind: 'whole' }
}

function combineUnsatisfied(committed: Committed, asked: ByteRange, response: Answered): Combination {
	const bytes = parseUnsatisfiedTotal(response.fields.get('content-range'))
	if (differs(bytes, committed.bytes)) return changedLength(committed, bytes)
	if (committed.bytes === undefined && bytes !== undefined && bytes <= asked.start) {
		if (bytes < asked.start) return { kind: 'changed', why: `the file ends at ${bytes}, before bytes that are there` }
		if (bytes === 0 || canContinue(committed)) return { kind: 'ended' }
	}
	return refused('416 to a range that the file has')
}

function compareVersions(committed: Committed, found: Identity): 'same' | Combination {
	const strong = strongValidator(committed.identity)
	if (strong === undefined) return compareWithoutValidator(committed, found)
	if (strong.kind === 'etag') {
		if (found.etag === undefined) return refused('no ETag where the first answer had one')
		// RFC 9110 §8.8.3.2: equal by the weak comparison alone, it is neither the same bytes for sure nor others.
		if (found.etag === `W/${strong.value}`) return refused('a weak ETag where the first answer had a strong one')
		return found.etag === strong.value ? 'same' : changed('ETag', strong.value, found.etag)
	}
	if (found.lastModified === undefined) return refused('no Last-Modified where the first answer had one')
	if (found.lastModified !== strong.value) return changed('Last-Modified', strong.value, found.lastModified)
	if (found.etag === committed.identity.etag) return 'same'
	if (found.etag === undefined) return refused('no ETag where the first answer had one')
	return changed('ETag', committed.identity.etag, found.etag)
}

/** Weak validators cannot prove that two versions are the same, but they can prove that they are not. */
function compareWithoutValidator({ identity, digestKnown }: Committed, found: Identity): 'same' | Combination {
	// They may differ from node to node, or from answer to answer, for the same bytes: the digest will tell.
	if (digestKnown) return 'same'
	if (differs(found.lastModified, identity.lastModified)) {
		return changed('Last-Modified', identity.lastModified, found.lastModified)
	}
	return differs(found.etag, identity.etag) ? changed('ETag', identity.etag, found.etag) : 'same'
}

function differs<Value>(found: Value | undefined, known: Value | undefined): boolean {
	return found !== undefined && known !== undefined && found !== known
}

const refused = (why: string): Combination => ({ kind: 'refused', why })

const changedLength = (committed: Committed, bytes: number | string | undefined): Combination => ({
	kind: 'changed',
	why: `the length was ${committed.bytes} and is ${bytes}`,
})

const changed = (field: string, was: string | undefined, is: string | undefined): Combination => ({
	kind: 'changed',
	why: `${field} was ${was ?? 'not there'} and is ${is}`,
})
