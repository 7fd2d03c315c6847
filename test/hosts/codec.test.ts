import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeLessons, encodeLessons, mostBytes } from '../../src/hosts/codec.ts'
import type { HostLessons } from '../../src/model/host-lesson.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const lesson = (connections: number, learnedAt = '2026-03-01T12:00:00.000Z') => ({
	connections,
	learnedAt: new Date(learnedAt),
})

test('what was written is read again', () => {
	const lessons = new Map<string, HostLessons>([
		['example.org', { cap: lesson(4), paid: lesson(4, '2026-02-01T00:00:00.000Z') }],
		['127.0.0.1:8080', { paid: lesson(32) }],
		['[::1]:80', { cap: lesson(1) }],
	])
	expect(decodeLessons(encodeLessons(lessons))).toEqual(lessons)
})

test('a line is one host with its numbers, for a person to read', () => {
	const text = new TextDecoder().decode(encodeLessons(new Map([['example.org:8443', { cap: lesson(4) }]])))
	expect(text).toBe('{"host":"example.org:8443","cap":{"connections":4,"learnedAt":"2026-03-01T12:00:00.000Z"}}\n')
})

test('lines that cannot be right are passed over, and the others count', () => {
	const lines = [
		'',
		'null',
		'7',
		'["example.org"]',
		'{"host":7,"cap":{"connections":4,"learnedAt":"2026-03-01"}}',
		'{"host":"","cap":{"connections":4,"learnedAt":"2026-03-01"}}',
		`{"host":"${'a'.repeat(300)}","cap":{"connections":4,"learnedAt":"2026-03-01"}}`,
		'{"host":"good.example","cap":{"connections":3,"learnedAt":"2026-03-01T00:00:00Z"},"paid":7,"later":true}',
		'{"host":"zero.example","cap":{"connections":0,"learnedAt":"2026-03-01"}}',
		'{"host":"huge.example","cap":{"connections":1e9,"learnedAt":"2026-03-01"}}',
		'{"host":"half.example","cap":{"connections":1.5,"learnedAt":"2026-03-01"}}',
		'{"host":"when.example","cap":{"connections":4,"learnedAt":"once"}}',
		'{"host":"date.example","cap":{"connections":4,"learnedAt":7}}',
		'{"host":"torn.example","cap":{"connec',
	]
	const lessons = decodeLessons(bytesOf(lines.join('\n')))
	const known = [...lessons].filter(([, { cap, paid }]) => cap !== undefined || paid !== undefined)
	expect(known).toEqual([['good.example', { cap: lesson(3, '2026-03-01T00:00:00Z') }]])
})

test('any bytes are read without an error', () => {
	fc.assert(fc.property(fc.uint8Array(), bytes => void decodeLessons(bytes)))
	fc.assert(fc.property(fc.json(), json => void decodeLessons(bytesOf(json))))
})

test('what is kept is bounded: of too many hosts those that were learned last', () => {
	const lessons = new Map<string, HostLessons>()
	for (let day = 0; day < 1000; day++) {
		const learnedAt = new Date(Date.UTC(2026, 0, 1) + day * 1000).toISOString()
		lessons.set(`${'x'.repeat(250)}${day}`, { cap: lesson(1024, learnedAt), paid: lesson(1024, learnedAt) })
	}
	lessons.set('nothing.example', {})
	const bytes = encodeLessons(lessons)
	expect(bytes.length).toBeLessThan(mostBytes)
	const kept = [...decodeLessons(bytes).keys()]
	expect(kept).toHaveLength(500)
	expect(kept[0]?.endsWith('999')).toBe(true)
	expect(kept).not.toContain('nothing.example')
})
