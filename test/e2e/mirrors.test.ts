import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createClient } from '../../src/api/client.ts'
import { pseudoRandom } from '../support/body.ts'
import { type Script, startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'

const mb = 1_000_000
const body = pseudoRandom(16 * mb)
const checksum = `sha256=${createHash('sha256').update(body).digest('hex')}`

/** An address where nobody listens. */
async function deadAddress(): Promise<string> {
	await using origin = await startOrigin({ body })
	return origin.url()
}

test('mirrors, one seven times slower, one dead and one with another version, bring the right bytes together', async () => {
	await using fast = await startOrigin({ body, totalBytesPerSecond: 7 * mb })
	await using slow = await startOrigin({ body, totalBytesPerSecond: mb })
	await using stale = await startOrigin({ body: pseudoRandom(16 * mb, 2) })
	await using folder = await tempDir()
	const client = createClient()

	const run = client.download([fast.url(), slow.url(), await deadAddress(), stale.url()], {
		to: `${folder.path}/`,
		checksum,
	})
	const { durationMs } = await run
	await client.close()

	expect((await readFile(join(folder.path, 'file.bin'))).equals(body)).toBe(true)
	expect(durationMs).toBeLessThan(16_000)
	// The version of its own was seen in its first answer.
	expect(stale.requests).toHaveLength(1)
	expect(slow.bytesSent).toBeGreaterThan(0.05 * body.length)
	expect(slow.bytesSent).toBeLessThan(0.25 * body.length)
})

test('headers and the login of the URL go to its own origin alone, and those of a mirror to the mirror', async () => {
	await using first = await startOrigin({ body, bytesPerSecond: 4 * mb })
	await using second = await startOrigin({ body, bytesPerSecond: 4 * mb })
	await using third = await startOrigin({ body, bytesPerSecond: 4 * mb })
	await using folder = await tempDir()
	const client = createClient()

	await client.download(
		[first.url().replace('//', '//me:first@'), second.url().replace('//', '//me:second@'), third.url()],
		{
			to: `${folder.path}/`,
			checksum,
			connections: 3,
			headers: { 'X-Key': 'secret' },
		},
	)
	await client.close()

	const sent = [first, second, third].map(({ requests }) => [
		...new Set(requests.map(({ headers }) => `${headers['x-key']} ${headers['authorization']}`)),
	])
	const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`
	expect(sent).toEqual([[`secret ${basic('me:first')}`], [`undefined ${basic('me:second')}`], ['undefined undefined']])
})

test('an expired link is renewed by the caller’s function, and the address that expired is what it is given', async () => {
	const answer: Script = ({ path }, n) => {
		if (path.includes('signature=new')) return undefined
		return n === 0 ? { cut: { at: 2 * mb, by: 'rst' } } : { status: 403 }
	}
	await using origin = await startOrigin({ body, answer })
	await using folder = await tempDir()
	const client = createClient()
	const expired: string[] = []

	await client.download(origin.url('/file.bin?signature=old'), {
		to: `${folder.path}/`,
		refresh: async address => {
			expired.push(address.href)
			return origin.url('/file.bin?signature=new')
		},
	})
	await client.close()

	expect((await readFile(join(folder.path, 'file.bin'))).equals(body)).toBe(true)
	expect(expired).toEqual([origin.url('/file.bin?signature=old')])
})
