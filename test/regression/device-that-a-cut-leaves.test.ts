import { expect, test } from 'vitest'
import { safeFileName } from '../../src/model/file-name.ts'

test.each(['con', 'NUL', 'Lpt1', 'COM¹'])('%s, and what is cut off behind it, is no device', device => {
	for (const raw of [
		`${device}${' '.repeat(300)}x`,
		`${device}${' '.repeat(300)}x.txt`,
		`${device}.${'y'.repeat(300)}`,
	]) {
		const name = safeFileName(raw) ?? ''
		expect(name).toMatch(/^_/)
		expect(Buffer.byteLength(name)).toBeLessThanOrEqual(231)
		expect(safeFileName(name)).toBe(name)
	}
})
