import { expect, test } from 'vitest'
import { parseInputFile } from '../../src/cli/input-file.ts'

test('a URL a line; comments and blank lines are passed over; options belong to the URL above them', () => {
	const text = [
		'# mirrors of the week',
		'http://host/a',
		'',
		'http://host/b#part  ',
		'  out=b.bin',
		'\tdir = folder/b=1',
		'  # why not',
		'  checksum=sha-256=00ff',
		'http://host/c',
	].join('\r\n')
	expect(parseInputFile(`\ufeff${text}`, 'list')).toEqual([
		{ url: 'http://host/a', where: 'line 2 of list' },
		{
			url: 'http://host/b#part',
			where: 'line 4 of list',
			output: 'b.bin',
			dir: 'folder/b=1',
			checksum: 'sha-256=00ff',
		},
		{ url: 'http://host/c', where: 'line 9 of list' },
	])
	expect(parseInputFile('', 'list')).toEqual([])
})

test('addresses separated by TABs are mirrors of the first', () => {
	const text = 'http://host/a\thttp://one/a \t\thttp://two/a\n  out=a.bin\nhttp://host/b\t'
	expect(parseInputFile(text, 'list')).toEqual([
		{ url: 'http://host/a', mirrors: ['http://one/a', 'http://two/a'], where: 'line 1 of list', output: 'a.bin' },
		{ url: 'http://host/b', where: 'line 3 of list' },
	])
})

test.each([
	['http://host/a\n  split=4', 'line 2 of list', 'indented line'],
	['http://host/a\n  out=', 'line 2 of list', 'indented line'],
	['http://host/a\n  http://host/b', 'line 2 of list', 'indented line'],
	['  out=a', 'line 1 of list', 'there is none'],
])('%j is refused with the number of the line', (text, where, what) => {
	const parse = (): unknown => parseInputFile(text, 'list')
	expect(parse).toThrow(expect.objectContaining({ code: 'E_USAGE', message: expect.stringContaining(where) }))
	expect(parse).toThrow(what)
})
