import { expect, test } from 'vitest'
import { parseByteDictionary } from '../../src/model/structured-bytes.ts'

test.each([
	['padding at the begin', 'a=:=AAA:'],
	['padding in the middle', 'a=:A=AA:'],
	['padding of the wrong length', 'a=:AA=:'],
	['a digit that stands for no byte', 'a=:AAAAA:'],
	['a blank before a parameter', 'a=:AAAA: ;p'],
	['an unbreakable blank at the end', 'a=:AAAA:\u00a0'],
	['a number of sixteen digits', 'a=:AAAA:;p=1234567890123456'],
	['a date with a fraction', 'a=:AAAA:;p=@1.5'],
	['a boolean that is neither', 'a=:AAAA:;p=?2'],
])('a Dictionary with %s is malformed, and none of it is used', (_, field) => {
	expect(parseByteDictionary(field)).toBeUndefined()
	expect(parseByteDictionary(`b=:BBBB:, ${field}`)).toBeUndefined()
})

test.each(['p=to_ken', 'p=T!#$%&|~', 'p=%"f%c3%bc"', 'p=-1.125', 'p=@1659578233', 'p=:AA:', 'p=?0', '  p'])(
	'the parameter %j does not hide the member before it',
	parameter => {
		expect(parseByteDictionary(`a=:AAAA:;${parameter}`)).toEqual(new Map([['a', 'AAAA']]))
	},
)
