import { expect, test } from 'vitest'
import { pseudoRandom, sha256 } from '../support/body.ts'
import type { Script } from '../support/scripted/server.ts'
import { expectBytes, expectFailure, runToEnd, World } from '../support/scripted/world.ts'

const right = { body: pseudoRandom(1_000_000) }
const wrong = { body: Uint8Array.from(right.body).fill(0, 0, 500_000) }
const checksum = { algorithm: 'sha-256', value: sha256(right.body), source: 'caller' } as const

/** Without ranges, what broke off is sent again from its first byte, and the bytes before are replaced. */
function worldOf(first: Uint8Array, second: Uint8Array): World {
	const script: Script = ({ nth }, reply) =>
		nth === 1 ? { ...reply, body: first, cutAt: 600_000 } : { ...reply, body: second }
	return new World({ version: right, ranges: false, script })
}

test('right bytes that are replaced by wrong ones do not pass the checksum', async () => {
	const ending = await runToEnd(worldOf(right.body, wrong.body), { checksum })

	expect(expectFailure(ending)).toMatchObject({ code: 'E_CHECKSUM', details: { actual: sha256(wrong.body) } })
})

test('wrong bytes that are replaced by right ones do pass the checksum', async () => {
	const ending = await runToEnd(worldOf(wrong.body, right.body), { checksum })

	expect(expectBytes(ending, right).verified).toEqual([checksum])
})
