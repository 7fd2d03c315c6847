import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { partReply, type Script } from '../support/scripted/server.ts'
import { expectBytes, runToEnd, version, World } from '../support/scripted/world.ts'

const mb = 1_000_000
const file = version(4 * mb)

const atMostOneMegabyte: Script = (asked, right) => {
	if (asked.range === undefined) return right
	const { start, end = file.body.length } = asked.range
	return partReply(right, file, start, Math.min(end, start + mb))
}

test.each([
	['none', undefined],
	['a weak one', 'W/"1"'],
])('a server that sends short parts is asked for the whole where its validator is %s', async (_, etag) => {
	const withoutStrong = ({ fields, ...reply }: ReturnType<Script>) => {
		const { etag: _strong, ...others } = fields
		return { ...reply, fields: etag === undefined ? others : { ...others, etag } }
	}
	const script: Script = (asked, right) => withoutStrong(atMostOneMegabyte(asked, right))
	const world = new World({ version: { body: file.body, etag }, script })

	expectBytes(await runToEnd(world, { connections: 4 }), { body: file.body })
	expect(world.server.asked.length).toBeLessThanOrEqual(3)
})

test('a known digest settles that the bytes are the same, though each answer dates them anew', async () => {
	const value = createHash('sha256').update(file.body).digest('hex')
	const script: Script = (asked, right) => {
		const at = new Date(Date.UTC(2026, 0, 1) + asked.nth * 1000).toUTCString()
		const reply = { ...right, fields: { ...right.fields, 'last-modified': at, date: at } }
		return asked.nth % 2 === 1 ? { ...reply, cutAt: 700_000 } : reply
	}
	const world = new World({ version: { body: file.body, etag: undefined }, script })

	const ending = await runToEnd(world, { connections: 2, checksum: { algorithm: 'sha-256', value, source: 'caller' } })

	expectBytes(ending, { body: file.body })
})
