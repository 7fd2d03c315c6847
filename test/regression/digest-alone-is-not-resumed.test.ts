import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import { pseudoRandom } from '../support/body.ts'
import { expectBytes, expectFailure, runToEnd, World } from '../support/scripted/world.ts'

const body = pseudoRandom(4_000_000)
const digest = createHash('sha256').update(body).digest('base64')
const file = { body, fields: { 'repr-digest': `sha-256=:${digest}:` } }
const aborted = new DownloadError('E_ABORTED', 'enough')

test('a version that has a digest and no validator is not kept for a later run, which starts clean and ends right', async () => {
	const world = new World({ version: file })
	const destination = world.destination()
	const first = world.start({ connections: 4 }, destination)
	world.clock.after(500, () => first.run.command({ kind: 'cancel', reason: aborted }))
	expect(expectFailure(await world.end(first))).toBe(aborted)
	expect(first.run.snapshot().bytesDone).toBeGreaterThan(1_000_000)
	expect(destination.place?.sink.outcome.kind).toBe('discarded')

	const result = expectBytes(await runToEnd(world, { connections: 4 }, destination), file)

	expect(result.resumedFrom).toBe(0)
	expect(result.verified).toMatchObject([{ algorithm: 'sha-256', source: 'repr-digest' }])
})
