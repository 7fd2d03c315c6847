import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createClient } from '../../src/api/client.ts'
import { type Answer, startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'

const answers: readonly (readonly [where: string, answer: Answer])[] = [
	['the reason of a status', { status: 404, reason: 'No such thing as sig=t0ken' }],
	['a reason of plain words', { status: 500, reason: 't0ken' }],
	['Retry-After', { status: 429, headers: { 'Retry-After': 'sig=t0ken' } }],
	['Content-Encoding', { headers: { 'Content-Encoding': 't0ken' } }],
]

test.each(answers)('an address that a server repeats in %s is in no error and no event', async (_, answer) => {
	await using origin = await startOrigin({ body: Buffer.from('content'), answer: () => answer })
	await using folder = await tempDir()
	const client = createClient()
	const run = client.download(origin.url('/x?sig=t0ken'), { to: `${folder.path}/`, retries: 0 })
	const told: unknown[] = []
	run.onEvent(event => told.push(event))
	told.push(await run.catch((error: unknown) => error))
	await client.close()

	expect(told).toHaveLength(2)
	expect(inspect(told, { depth: null, showHidden: true })).not.toContain('t0ken')
})

test('a status is told in words, and a wait that can be read is handed on', async () => {
	const answer: Answer = { status: 503, reason: 'whatever', headers: { 'Retry-After': '7' } }
	await using origin = await startOrigin({ body: Buffer.from('content'), answer: () => answer })
	const client = createClient()
	await expect(client.probe(origin.url())).rejects.toMatchObject({
		message: expect.stringMatching(/ answered 503 Service Unavailable$/),
		details: { status: 503, retryAfter: '7' },
	})
	await client.close()
})
