import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ByteRange } from '../../src/model/byte-range.ts'
import { type Answered, type Combination, type Committed, canContinue, combine } from '../../src/model/combine.ts'
import type { Identity } from '../../src/model/validator.ts'

const modified = 'Mon, 15 Jun 2026 12:00:00 GMT'
const changedLater = 'Mon, 15 Jun 2026 13:00:00 GMT'
const sent = 'Tue, 16 Jun 2026 12:00:00 GMT'

const none: Identity = { etag: undefined, lastModified: undefined, date: sent }
const strongEtag: Identity = { ...none, etag: '"v1"' }
const strongBoth: Identity = { ...strongEtag, lastModified: modified }
const strongDate: Identity = { ...none, lastModified: modified }
const weakEtag: Identity = { ...none, etag: 'W/"v1"' }
const weakEtagStrongDate: Identity = { ...weakEtag, lastModified: modified }
const weakDate: Identity = { ...none, lastModified: modified, date: modified }

const asked: ByteRange = { start: 100, end: 200 }
const fromTheStart: ByteRange = { start: 0, end: 200 }

type Fields = Readonly<Record<string, string>>

function committed(identity: Identity, facts: Partial<Committed> = {}): Committed {
	return { bytes: 1000, identity, digestKnown: false, ...facts }
}

function answered(status: number, fields: Fields, contentLength?: number): Answered {
	return { status, fields: new Map(Object.entries(fields)), contentLength }
}

/** A 206 for exactly what was asked, but for `fields`. */
function part(fields: Fields, contentLength: number | undefined = 100): Answered {
	return answered(206, { 'content-range': 'bytes 100-199/1000', date: sent, ...fields }, contentLength)
}

type Kind = Combination['kind']

describe('a part under a strong ETag', () => {
	test.each<[string, Fields, Kind]>([
		['with the same ETag', { etag: '"v1"' }, 'part'],
		['with the same ETag and another date', { etag: '"v1"', 'last-modified': changedLater }, 'part'],
		['with another ETag', { etag: '"v2"' }, 'changed'],
		['with an ETag that differs in case', { etag: '"V1"' }, 'changed'],
		['with an ETag that has a suffix', { etag: '"v1-gzip"' }, 'changed'],
		['with a weak ETag of another version', { etag: 'W/"v2"' }, 'changed'],
		['with the weak form of the same ETag, which proves nothing either way', { etag: 'W/"v1"' }, 'refused'],
		['without an ETag', {}, 'refused'],
		['without an ETag, but with the same date', { 'last-modified': modified }, 'refused'],
		['with an empty ETag', { etag: '' }, 'changed'],
		['with two ETags', { etag: '"v1", "v1"' }, 'changed'],
	])('%s', (_, fields, kind) => {
		expect(combine(committed(strongBoth), asked, part(fields)).kind).toBe(kind)
		// That a digest will be checked at the end does not excuse what is known to be another version.
		expect(combine(committed(strongBoth, { digestKnown: true }), asked, part(fields)).kind).toBe(kind)
	})
})

describe('a part under a strong Last-Modified without an ETag', () => {
	test.each<[string, Fields, Kind]>([
		['with the same date', { 'last-modified': modified }, 'part'],
		['with a later date', { 'last-modified': changedLater }, 'changed'],
		['with an earlier date', { 'last-modified': 'Mon, 15 Jun 2026 11:59:59 GMT' }, 'changed'],
		['with the same moment in another form', { 'last-modified': 'Monday, 15-Jun-26 12:00:00 GMT' }, 'changed'],
		['without a date', {}, 'refused'],
		[
			'with the same date and an ETag that was not there before',
			{ 'last-modified': modified, etag: '"v1"' },
			'changed',
		],
		['with only an ETag that was not there before', { etag: '"v1"' }, 'refused'],
	])('%s', (_, fields, kind) => {
		expect(combine(committed(strongDate), asked, part(fields)).kind).toBe(kind)
	})
})

describe('a part under a strong Last-Modified beside a weak ETag', () => {
	test.each<[string, Fields, Kind]>([
		['with both the same', { 'last-modified': modified, etag: 'W/"v1"' }, 'part'],
		['with another ETag', { 'last-modified': modified, etag: 'W/"v2"' }, 'changed'],
		['with another date', { 'last-modified': changedLater, etag: 'W/"v1"' }, 'changed'],
		['without the ETag', { 'last-modified': modified }, 'refused'],
		['without the date', { etag: 'W/"v1"' }, 'refused'],
	])('%s', (_, fields, kind) => {
		expect(combine(committed(weakEtagStrongDate), asked, part(fields)).kind).toBe(kind)
	})
})

describe('a part where no strong validator is known', () => {
	const weak: [string, Identity, Fields][] = [
		['no validator', none, {}],
		['a weak ETag', weakEtag, { etag: 'W/"v1"' }],
		['a Last-Modified of the same second as its Date', weakDate, { 'last-modified': modified }],
	]

	test.each(weak)('%s: is not added to bytes that are there', (_, identity, fields) => {
		expect(canContinue(committed(identity))).toBe(false)
		expect(combine(committed(identity), asked, part(fields)).kind).toBe('refused')
	})

	test.each(weak)('%s: counts where a digest will be checked', (_, identity, fields) => {
		expect(canContinue(committed(identity, { digestKnown: true }))).toBe(true)
		expect(combine(committed(identity, { digestKnown: true }), asked, part(fields)).kind).toBe('part')
	})

	test.each(weak)('%s: counts from the first byte, where it is added to nothing', (_, identity, fields) => {
		const first = part({ 'content-range': 'bytes 0-199/1000', ...fields }, 200)
		expect(combine(committed(identity), fromTheStart, first)).toEqual({ kind: 'part', range: fromTheStart })
	})

	test.each<[string, Identity, Fields]>([
		['a weak ETag that differs', weakEtag, { etag: 'W/"v2"' }],
		['a weak date that differs', weakDate, { 'last-modified': changedLater }],
	])('%s still proves that it is another version', (_, identity, fields) => {
		expect(combine(committed(identity), asked, part(fields)).kind).toBe('changed')
	})

	test('a digest that will be checked excuses nodes that name one file differently', () => {
		const answer = part({ etag: 'W/"other"', 'last-modified': changedLater })
		expect(combine(committed(weakEtag, { digestKnown: true }), asked, answer).kind).toBe('part')
	})
})

describe('the place of a part', () => {
	const proven = committed(strongEtag)
	const at = (contentRange: string, contentLength?: number): Combination =>
		combine(proven, asked, answered(206, { etag: '"v1"', 'content-range': contentRange }, contentLength))

	test.each<[string, string, number | undefined, ByteRange]>([
		['exactly what was asked', 'bytes 100-199/1000', 100, { start: 100, end: 200 }],
		['in chunks, without a length', 'bytes 100-199/1000', undefined, { start: 100, end: 200 }],
		['shorter than asked', 'bytes 100-149/1000', 50, { start: 100, end: 150 }],
		['a single byte', 'bytes 100-100/1000', 1, { start: 100, end: 101 }],
		['longer than asked: the rest is cut', 'bytes 100-999/1000', 900, { start: 100, end: 200 }],
		['of an unknown total', 'bytes 100-199/*', 100, { start: 100, end: 200 }],
		['with the unit in capitals', 'BYTES 100-199/1000', 100, { start: 100, end: 200 }],
	])('%s', (_, contentRange, contentLength, range) => {
		expect(at(contentRange, contentLength)).toEqual({ kind: 'part', range })
	})

	test.each<[string, string, number | undefined, Kind]>([
		['begins before what was asked', 'bytes 99-199/1000', 101, 'refused'],
		['begins after what was asked', 'bytes 101-199/1000', 99, 'refused'],
		['is from the first byte whatever was asked', 'bytes 0-99/1000', 100, 'refused'],
		['lies elsewhere', 'bytes 500-599/1000', 100, 'refused'],
		['is invalid', 'bytes 199-100/1000', 100, 'refused'],
		['runs past its total', 'bytes 100-199/150', 100, 'refused'],
		['has another unit', 'lines 100-199/1000', 100, 'refused'],
		['is of a longer file', 'bytes 100-199/1001', 100, 'changed'],
		['is of a shorter file', 'bytes 100-199/999', 100, 'changed'],
		['runs past the end that the file has, without a total', 'bytes 100-1000/*', 901, 'changed'],
		['is shorter than its Content-Length', 'bytes 100-199/1000', 101, 'refused'],
		['is longer than its Content-Length, as an error page is', 'bytes 100-199/1000', 57, 'refused'],
		['has no bytes by its Content-Length', 'bytes 100-199/1000', 0, 'refused'],
	])('that %s is not trusted', (_, contentRange, contentLength, kind) => {
		expect(at(contentRange, contentLength).kind).toBe(kind)
	})

	test('is not known without Content-Range, even where the length is right', () => {
		expect(combine(proven, asked, answered(206, { etag: '"v1"' }, 100)).kind).toBe('refused')
	})

	test('tells nothing new about a length that is not known yet', () => {
		const open = committed(strongEtag, { bytes: undefined })
		expect(combine(open, asked, part({ etag: '"v1"' })).kind).toBe('part')
		expect(combine(open, asked, part({ etag: '"v1"', 'content-range': 'bytes 100-199/*' })).kind).toBe('part')
	})
})

describe('what a part is made of', () => {
	test.each<[string, Fields, Kind]>([
		['several parts', { 'content-type': 'multipart/byteranges; boundary=x' }, 'refused'],
		['several parts, in capitals', { 'content-type': 'Multipart/ByteRanges; boundary=x' }, 'refused'],
		['several parts of the old name', { 'content-type': 'multipart/x-byteranges' }, 'refused'],
		['one part of any other type', { 'content-type': 'text/html' }, 'part'],
		['a gzip coding', { 'content-encoding': 'gzip' }, 'refused'],
		['a coding in capitals', { 'content-encoding': ' BR ' }, 'refused'],
		['two codings', { 'content-encoding': 'identity, gzip' }, 'refused'],
		['the identity coding', { 'content-encoding': 'identity' }, 'part'],
		['the identity coding in capitals', { 'content-encoding': 'Identity' }, 'part'],
		['an empty coding', { 'content-encoding': '' }, 'part'],
	])('%s', (_, fields, kind) => {
		expect(combine(committed(strongEtag), asked, part({ etag: '"v1"', ...fields })).kind).toBe(kind)
		expect(combine(committed(strongEtag, { digestKnown: true }), asked, part({ etag: '"v1"', ...fields })).kind).toBe(
			kind,
		)
	})
})

describe('a 200 to a ranged request', () => {
	test.each<[string, Identity, Fields, number | undefined, Kind]>([
		['of the same version', strongEtag, { etag: '"v1"' }, 1000, 'whole'],
		['of the same version, without a length', strongEtag, { etag: '"v1"' }, undefined, 'whole'],
		['of another version', strongEtag, { etag: '"v2"' }, 1000, 'changed'],
		['of another version and length', strongEtag, { etag: '"v2"' }, 900, 'changed'],
		['of the same ETag and another length', strongEtag, { etag: '"v1"' }, 900, 'refused'],
		['without the ETag that there was: a login page', strongEtag, { 'content-type': 'text/html' }, 300, 'refused'],
		['by the same strong date', strongDate, { 'last-modified': modified }, 1000, 'whole'],
		['by another strong date', strongDate, { 'last-modified': changedLater }, 1000, 'changed'],
		['where there is no validator', none, {}, 1000, 'whole'],
		['where there is no validator, of another length', none, {}, 999, 'refused'],
		['by a weak ETag that differs', weakEtag, { etag: 'W/"v2"' }, 1000, 'changed'],
		['with a Content-Range', strongEtag, { etag: '"v1"', 'content-range': 'bytes 100-199/1000' }, 100, 'refused'],
		[
			'with a Content-Range of the whole',
			strongEtag,
			{ etag: '"v1"', 'content-range': 'bytes 0-999/1000' },
			1000,
			'refused',
		],
		['in a content coding', strongEtag, { etag: '"v1"', 'content-encoding': 'gzip' }, 1000, 'refused'],
		['in the identity coding', strongEtag, { etag: '"v1"', 'content-encoding': 'identity' }, 1000, 'whole'],
	])('%s', (_, identity, fields, contentLength, kind) => {
		expect(combine(committed(identity), asked, answered(200, { date: sent, ...fields }, contentLength)).kind).toBe(kind)
	})

	test('of any length is the file where the length is not known yet', () => {
		const open = committed(strongEtag, { bytes: undefined })
		expect(combine(open, asked, answered(200, { etag: '"v1"' }, 1000))).toEqual({ kind: 'whole' })
	})
})

describe('a 416 to a ranged request', () => {
	const unsatisfied = (contentRange: string | undefined) =>
		answered(416, contentRange === undefined ? {} : { 'content-range': contentRange }, 0)

	test.each<[string, number | undefined, string | undefined, Kind]>([
		['that names the length that is known', 1000, 'bytes */1000', 'refused'],
		['that names no length', 1000, undefined, 'refused'],
		['that names a length that cannot be read', 1000, 'bytes */many', 'refused'],
		['that names a shorter file', 1000, 'bytes */50', 'changed'],
		['that names a longer file', 1000, 'bytes */2000', 'changed'],
		['that ends a file of unknown length where the range begins', undefined, 'bytes */100', 'ended'],
		['that ends a file of unknown length before the bytes that are there', undefined, 'bytes */99', 'changed'],
		['that names more than was asked of a file of unknown length', undefined, 'bytes */101', 'refused'],
		['without a length, of a file of unknown length', undefined, undefined, 'refused'],
	])('%s', (_, bytes, contentRange, kind) => {
		expect(combine(committed(strongEtag, { bytes }), asked, unsatisfied(contentRange)).kind).toBe(kind)
	})

	test('does not end a file whose length is known', () => {
		const beyond = { start: 1000, end: 1100 }
		expect(combine(committed(strongEtag), beyond, unsatisfied('bytes */1000')).kind).toBe('refused')
	})

	test('ends an empty file', () => {
		const open = committed(none, { bytes: undefined })
		expect(combine(open, { start: 0, end: 10 }, unsatisfied('bytes */0'))).toEqual({ kind: 'ended' })
	})

	test('does not end a file of which nothing proves that it is the same version', () => {
		const open = committed(none, { bytes: undefined })
		expect(combine(open, asked, unsatisfied('bytes */100')).kind).toBe('refused')
		expect(combine({ ...open, digestKnown: true }, asked, unsatisfied('bytes */100')).kind).toBe('ended')
	})
})

describe('what is said of another version', () => {
	test.each<[string, Committed, Answered, string]>([
		['an ETag', committed(strongEtag), part({ etag: '"v2"' }), 'ETag was "v1" and is "v2"'],
		[
			'an ETag that was not there',
			committed(strongDate),
			part({ etag: '"v2"', 'last-modified': modified }),
			'ETag was not there and is "v2"',
		],
		[
			'a length',
			committed(strongEtag),
			part({ etag: '"v1"', 'content-range': 'bytes 100-199/999' }),
			'the length was 1000 and is 999',
		],
		[
			'a last byte',
			committed(strongEtag),
			part({ etag: '"v1"', 'content-range': 'bytes 100-1999/*' }, 1900),
			'the length was 1000 and is 2000 or more',
		],
	])('by %s names what was and what is', (_, version, answer, why) => {
		expect(combine(version, asked, answer)).toEqual({ kind: 'changed', why })
	})

	test('by a part that is not as long as it claims names both lengths', () => {
		const answer = part({ etag: '"v1"' }, 57)
		expect(combine(committed(strongEtag), asked, answer)).toEqual({
			kind: 'refused',
			why: '57 bytes that claim to be 100',
		})
	})
})

describe('any other status', () => {
	test.each([
		[100],
		[201],
		[203],
		[204],
		[205],
		[207],
		[301],
		[304],
		[400],
		[401],
		[403],
		[404],
		[412],
		[429],
		[500],
		[503],
	])('%s is decided by the status alone', status => {
		const everythingRight = { etag: '"v1"', 'content-range': 'bytes 100-199/1000' }
		expect(combine(committed(strongEtag), asked, answered(status, everythingRight, 100))).toEqual({ kind: 'status' })
	})
})

describe('whatever a server sends', () => {
	const etags = fc.constantFrom('"v1"', '"v2"', 'W/"v1"', 'W/"v2"', 'v1', '', '"v1", "v1"')
	const dates = fc.constantFrom(modified, changedLater, sent, 'dirt', '')
	const small = fc.integer({ min: 0, max: 12 })
	const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
		fc.option(value, { nil: undefined })
	const identities = fc.record<Identity>({
		etag: optional(etags),
		lastModified: optional(dates),
		date: optional(fc.constantFrom(modified, sent)),
	})
	const versions = fc.record<Committed>({ bytes: optional(small), identity: identities, digestKnown: fc.boolean() })
	const asks = fc.tuple(small, fc.integer({ min: 1, max: 6 })).map(([start, bytes]) => ({ start, end: start + bytes }))
	const anyRange = fc.tuple(small, small, fc.oneof(small, fc.constant('*'))).map(([a, b, t]) => `bytes ${a}-${b}/${t}`)
	const badRange = fc.constantFrom('bytes */5', 'bytes=0-5', '', 'items 0-5/6')
	const noRange = fc.constant(undefined)

	/** Half of what is said is right for the version and the range, or no part would ever be taken. */
	function answersTo(version: Committed, wanted: ByteRange): fc.Arbitrary<Answered> {
		const total = version.bytes ?? '*'
		const rightRange = fc.nat(8).map(more => `bytes ${wanted.start}-${wanted.start + more}/${total}`)
		return fc
			.record({
				status: fc.constantFrom(206, 206, 206, 200, 416),
				identity: fc.oneof(fc.constant(version.identity), identities),
				contentRange: fc.oneof(
					{ weight: 6, arbitrary: rightRange },
					{ weight: 3, arbitrary: noRange },
					{ weight: 2, arbitrary: anyRange },
					badRange,
				),
				contentLength: fc.oneof(fc.constant(undefined), small),
				coding: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, fc.constantFrom('gzip', 'identity', '')),
				type: fc.oneof(
					{ weight: 6, arbitrary: fc.constant(undefined) },
					fc.constantFrom('multipart/byteranges', 'a/b'),
				),
			})
			.map(({ status, identity, contentRange, contentLength, coding, type }) => {
				const fields = Object.entries({
					etag: identity.etag,
					'last-modified': identity.lastModified,
					date: identity.date,
					'content-range': contentRange,
					'content-encoding': coding,
					'content-type': type,
				}).filter((field): field is [string, string] => field[1] !== undefined)
				return { status, fields: new Map(fields), contentLength }
			})
	}

	const cases = fc
		.tuple(versions, asks)
		.chain(([version, wanted]) => fc.tuple(fc.constant(version), fc.constant(wanted), answersTo(version, wanted)))

	/** Written here once more and otherwise: the proof that a part is of the committed version. */
	function isProven(version: Committed, answer: Answered): boolean {
		const { etag, lastModified, date } = version.identity
		if (etag === '"v1"' || etag === '"v2"') return answer.fields.get('etag') === etag
		const isOldEnough = date === sent && (lastModified === modified || lastModified === changedLater)
		if (isOldEnough) {
			return answer.fields.get('last-modified') === lastModified && answer.fields.get('etag') === etag
		}
		return version.digestKnown
	}

	test('a part begins where it was asked for, lies within it and within the file, and is proven to be of the version', () => {
		let parts = 0
		fc.assert(
			fc.property(cases, ([version, wanted, answer]) => {
				const combination = combine(version, wanted, answer)
				if (combination.kind !== 'part') return
				parts += 1
				const { range } = combination
				expect(answer.status).toBe(206)
				expect(range.start).toBe(wanted.start)
				expect(range.end).toBeGreaterThan(range.start)
				expect(range.end).toBeLessThanOrEqual(Math.min(wanted.end, version.bytes ?? Number.MAX_SAFE_INTEGER))
				expect(wanted.start === 0 || isProven(version, answer)).toBe(true)
				expect(answer.fields.get('content-encoding') ?? '').not.toBe('gzip')
				expect(answer.fields.get('content-type')).not.toBe('multipart/byteranges')
				const [, first = '', last = '', total] =
					/^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(answer.fields.get('content-range') ?? '') ?? []
				expect(answer.contentLength ?? Number(last) + 1 - Number(first)).toBe(Number(last) + 1 - Number(first))
				if (total !== '*' && version.bytes !== undefined) expect(Number(total)).toBe(version.bytes)
			}),
			{ numRuns: 10_000 },
		)
		// Were none ever taken, nothing would have been shown.
		expect(parts).toBeGreaterThan(100)
	})

	test('a whole is never another version, a coding, or another length than is known', () => {
		let wholes = 0
		fc.assert(
			fc.property(cases, ([version, wanted, answer]) => {
				if (combine(version, wanted, answer).kind !== 'whole') return
				wholes += 1
				expect(answer.status).toBe(200)
				expect(answer.fields.get('content-encoding') ?? '').not.toBe('gzip')
				expect(answer.fields.has('content-range')).toBe(false)
				expect(answer.contentLength ?? version.bytes).toBe(version.bytes ?? answer.contentLength)
				if (canContinue({ ...version, digestKnown: false })) expect(isProven(version, answer)).toBe(true)
			}),
			{ numRuns: 10_000 },
		)
		expect(wholes).toBeGreaterThan(50)
	})
})
