import { expect, test } from 'vitest'
import { framingOf, keepsAlive } from '../../src/transport/http1/framing.ts'
import { HeadReader } from '../../src/transport/http1/head-reader.ts'
import { type ParsedHead, parseHead } from '../../src/transport/http1/response-head.ts'

const where = 'http://here/'
/** Seconds where the time is quadratic; a few milliseconds where it is not. */
const quadraticMs = 1000

function headOf(wire: string): ParsedHead {
	const bytes = Buffer.from(wire, 'latin1')
	const read = new HeadReader(where).read(bytes, 0, bytes.length)
	return parseHead(read?.lines ?? [], where)
}

function cpuMs(work: () => void): number {
	const before = process.cpuUsage()
	work()
	const { user, system } = process.cpuUsage(before)
	return (user + system) / 1000
}

test('blanks inside of a field that frames the answer are read in time that grows with their number', () => {
	const blanks = ' '.repeat(60_000)
	const length = headOf(`HTTP/1.1 200 OK\r\nContent-Length: 5${blanks}x\r\n\r\n`)
	const connection = headOf(`HTTP/1.1 200 OK\r\nConnection: a${blanks}b\r\n\r\n`)
	const spent = cpuMs(() => {
		expect(() => framingOf(length, where)).toThrow(expect.objectContaining({ code: 'E_PROTOCOL' }))
		expect(keepsAlive(connection, { kind: 'length', bytes: 5 })).toBe(true)
	})
	expect(spent).toBeLessThan(quadraticMs)
})
