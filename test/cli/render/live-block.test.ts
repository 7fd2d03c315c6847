import { expect, test } from 'vitest'
import { LiveBlock } from '../../../src/cli/render/live-block.ts'
import { FakeScreen } from '../fake-environment.ts'

test('a block is drawn over itself, and gone when it is cleared', () => {
	const screen = new FakeScreen({ isTerminal: true, columns: 40, rows: 10 })
	const block = new LiveBlock(screen)
	block.draw(['one', 'two'])
	expect(screen.lines()).toEqual(['one', 'two'])
	block.draw(['1'])
	expect(screen.lines()).toEqual(['1'])
	block.draw(['uno', 'dos', 'tres'])
	expect(screen.lines()).toEqual(['uno', 'dos', 'tres'])
	block.clear()
	block.clear()
	expect(screen.lines()).toEqual([])
})

test('a line that is printed stays above the block', () => {
	const screen = new FakeScreen({ isTerminal: true, columns: 40, rows: 10 })
	const block = new LiveBlock(screen)
	block.print('begin')
	block.draw(['one', 'two'])
	block.print('a notice')
	expect(screen.lines()).toEqual(['begin', 'a notice', 'one', 'two'])
	block.draw(['three'])
	block.clear()
	expect(screen.lines()).toEqual(['begin', 'a notice'])
})

test('what a narrower window folded is erased to its first row', () => {
	const screen = new FakeScreen({ isTerminal: true, columns: 10, rows: 10 })
	const block = new LiveBlock(screen)
	block.draw(['123456789', '12345'])
	screen.size.columns = 4
	screen.written = ''
	block.clear()
	expect(screen.written).toBe('\r\u001b[5A\u001b[J')
})
