import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseLinks } from '../../src/model/link-header.ts'

const targets = (field: string): readonly string[] => parseLinks(field).map(({ target }) => target)

test.each<[string, string, readonly string[]]>([
	['one', '<http://a/>; rel=duplicate', ['http://a/']],
	['none', '', []],
	['several in one field', '<a>;rel=x , <b>; rel=y', ['a', 'b']],
	['with commas and semicolons in them', '<http://a/b,c;d>; rel=x, <e>', ['http://a/b,c;d', 'e']],
	['with commas in a quoted text', '<a>; title="b, <c>; rel=x"; rel=y, <d>', ['a', 'd']],
	['between empty list members', ', ,<a>;rel=x,, <b>,', ['a', 'b']],
	['with empty parameters', '<a>;;rel=x; ;pri=1', ['a']],
	['with blanks wherever they may be', ' <a> ; rel = x\t;\tpri =1 ', ['a']],
	['of another resource', '<a>; anchor="#b"; rel=x, <c>; rel=x', ['c']],
	['before what is no link', '<a>; rel=x, junk, <b>', ['a']],
	['without an end', '<a>; rel=x, <b', ['a']],
	['with a quoted text without an end', '<a>; rel=x, <b>; title="c', ['a']],
])('links %s', (_, field, expected) => {
	expect(targets(field)).toEqual(expected)
})

test('parameters are named without regard to case, the first of a name counts, and quotes are taken off', () => {
	const [link] = parseLinks('<a>; REL="Duplicate  describedby"; rel=x; title="a \\"b\\" \\\\c"; pref; __proto__=1')
	expect(link?.relations).toEqual(['duplicate', 'describedby'])
	expect([...(link?.parameters ?? [])]).toEqual([
		['rel', 'Duplicate  describedby'],
		['title', 'a "b" \\c'],
		['pref', ''],
		['__proto__', '1'],
	])
})

test('what is written by the grammar is read as it was meant', () => {
	const value = fc.oneof(
		fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,9}$/).map(token => [token, token] as const),
		fc.string({ maxLength: 12 }).map(text => [`"${text.replace(/["\\]/g, '\\$&')}"`, text] as const),
	)
	const parameter = fc
		.tuple(fc.stringMatching(/^[a-z]{1,5}$/), value)
		.filter(([name]) => !['rel', 'anchor'].includes(name))
	const link = fc.record({
		target: fc.webUrl({ withQueryParameters: true }),
		parameters: fc.uniqueArray(parameter, { selector: ([name]) => name, maxLength: 4 }),
	})
	fc.assert(
		fc.property(fc.array(link, { maxLength: 5 }), links => {
			const field = links
				.map(({ target, parameters }) =>
					[`<${target}>`, 'rel=duplicate', ...parameters.map(([name, [written]]) => `${name}=${written}`)].join('; '),
				)
				.join(', ')
			expect(parseLinks(field)).toEqual(
				links.map(({ target, parameters }) => ({
					target,
					relations: ['duplicate'],
					parameters: new Map([['rel', 'duplicate'], ...parameters.map(([name, [, meant]]) => [name, meant] as const)]),
				})),
			)
		}),
		{ numRuns: 300 },
	)
})

describe('a field that nobody meant to be read', () => {
	test('is read all the same, and no more than a thousand links of it', () => {
		expect(parseLinks('<a>;rel=x,'.repeat(5000))).toHaveLength(1000)
	})

	test('of whatever pieces ends in links or in nothing', () => {
		const piece = fc.constantFrom('<', '>', ';', ',', '"', '\\', '=', ' ', '\t', 'rel', 'a', '\u00e9', '\u0000')
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 40 }), parts => {
				for (const { parameters } of parseLinks(parts.join(''))) expect(parameters.has('anchor')).toBe(false)
			}),
			{ numRuns: 1000 },
		)
	})
})
