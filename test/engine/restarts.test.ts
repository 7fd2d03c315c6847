import { describe, expect, test } from 'vitest'
import type { Begun } from '../../src/engine/opening/begun.ts'
import { Restart } from '../../src/engine/restart.ts'
import { Restarts } from '../../src/engine/restarts.ts'
import type { Address } from '../../src/engine/sources/address.ts'

const url = new URL('https://example.org/file.bin')
const first = { index: 0, url } as Address
const mirror = { index: 1, url: new URL('https://mirror.example.org/file.bin') } as Address
const committed = { bytes: 10 } as Begun['committed']
const begun = { address: mirror, committed } as Begun
const changed = new Restart('changed', 'the ETag is another one')
const rangesGone = new Restart('ranges-gone', 'the server sends no parts')

function begin(): Restarts {
	return new Restarts(url, { addresses: [first, mirror], alone: false, anew: false, why: undefined }, undefined)
}

test('a turn begins with its sources, by parts, and goes on with what is there', () => {
	expect(begin().manner).toEqual({
		...{ ranged: true, only: undefined, told: undefined },
		...{ addresses: [first, mirror], alone: false, anew: false },
	})
})

describe('begun anew', () => {
	test.each([
		['a file that changed is of the source that was begun with, by parts again', [changed], true, undefined],
		['without ranges it is the same version, as a whole', [rangesGone], false, committed],
		['a file that changed twice is taken as a whole', [changed, changed], false, undefined],
		['a whole stays a whole', [rangesGone, changed], false, undefined],
	])('%s', (_, restarts, ranged, only) => {
		const begins = begin()
		for (const restart of restarts) begins.note(restart, begun, false)
		expect(begins.manner).toMatchObject({ anew: true, addresses: [mirror], ranged, only })
	})

	test('before anything was begun with, all sources are asked again', () => {
		const begins = begin()
		begins.note(changed, undefined, false)
		expect(begins.manner).toMatchObject({ anew: true, addresses: [first, mirror] })
	})

	test.each([
		[changed, 'E_CHANGED'],
		[rangesGone, 'E_PROTOCOL'],
	])('it is not where it went to a stream ($kind)', (restart, code) => {
		expect(() => begin().note(restart, begun, true)).toThrow(expect.objectContaining({ code }))
	})

	test.each([
		[changed, 'E_CHANGED'],
		[rangesGone, 'E_PROTOCOL'],
	])('it is so twice at the most ($kind)', (restart, code) => {
		const begins = begin()
		begins.note(changed, begun, false)
		begins.note(rangesGone, begun, false)
		expect(() => begins.note(restart, begun, false)).toThrow(expect.objectContaining({ code }))
	})
})
