import { expect, test } from 'vitest'
import { bestOf, lastPriority, locationIn, numberIn, type PreferredAddress } from '../../src/model/preferred-address.ts'

function address(href: string, priority: number): PreferredAddress {
	return { url: new URL(href), priority, location: undefined }
}

test('The best addresses are the first by priority, each once, and those of one priority stay in their order', () => {
	const named = [
		address('http://c.test/', lastPriority),
		address('http://b.test/', 2),
		address('http://a.test/', 2),
		address('http://c.test/', 1),
	]
	const hrefs = (most: number) => bestOf(named, most).map(({ url }) => url.href)
	expect(hrefs(16)).toEqual(['http://c.test/', 'http://b.test/', 'http://a.test/'])
	expect(hrefs(2)).toEqual(['http://c.test/', 'http://b.test/'])
	expect(named.map(({ priority }) => priority)).toEqual([lastPriority, 2, 2, 1])
})

test.each([
	['DE', 'de'],
	['de', 'de'],
	['deu', undefined],
	[' de', undefined],
	['', undefined],
	[undefined, undefined],
])('The location in %j is %j', (text, location) => {
	expect(locationIn(text)).toBe(location)
})

test.each([
	['1', 1],
	['100', 100],
	['0', undefined],
	['101', undefined],
	['1.5', undefined],
	['-1', undefined],
	['0000001', undefined],
	[' 7', undefined],
	['', undefined],
	[undefined, undefined],
])('The number from 1 to 100 in %j is %j', (text, number) => {
	expect(numberIn(text, 1, 100)).toBe(number)
})
