import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatBytes, parseBytes } from '../../src/base/bytes.ts'

test.each<[text: string, bytes: number | undefined]>([
	['0', 0],
	['1', 1],
	['500', 500],
	['500B', 500],
	['1K', 1024],
	['1k', 1024],
	['1KB', 1000],
	['1kb', 1000],
	['1KiB', 1024],
	['500K', 512_000],
	['2M', 2_097_152],
	['2MB', 2_000_000],
	['1.5M', 1_572_864],
	['1G', 1024 ** 3],
	['1GB', 1e9],
	['3T', 3 * 1024 ** 4],
	['3TB', 3e12],
	[' 7 M ', 7_340_032],
	['', undefined],
	['K', undefined],
	['-1', undefined],
	['+1', undefined],
	['1e6', undefined],
	['0x10', undefined],
	['1,5M', undefined],
	['1.M', undefined],
	['.5M', undefined],
	['1P', undefined],
	['1KBB', undefined],
	['1KK', undefined],
	['1 2', undefined],
	['NaN', undefined],
	['Infinity', undefined],
	['9007199254740993', undefined],
	['99999999T', undefined],
])('the size %j is %s bytes', (text, bytes) => {
	expect(parseBytes(text)).toBe(bytes)
})

test.each<[bytes: number, text: string]>([
	[0, '0 B'],
	[999, '999 B'],
	[1000, '1.0 KiB'],
	[1536, '1.5 KiB'],
	[102_348, '99.9 KiB'],
	[102_350, '100 KiB'],
	[1024 ** 2, '1.0 MiB'],
	[1_572_864, '1.5 MiB'],
	[1024 ** 5, '1.0 PiB'],
])('%i bytes are shown as %s', (bytes, text) => {
	expect(formatBytes(bytes)).toBe(text)
})

test('a shown size has at most three digits and is right within five parts in a hundred', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 900 * 1024 ** 5 }), bytes => {
			const [number = '', unit = ''] = formatBytes(bytes).split(' ')
			expect(number.replace('.', '').length).toBeLessThanOrEqual(3)
			const shown = Number(number) * 1024 ** ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'].indexOf(unit)
			expect(Math.abs(shown - bytes) / bytes).toBeLessThan(0.052)
		}),
	)
})
