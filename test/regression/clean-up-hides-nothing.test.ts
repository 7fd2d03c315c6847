import { expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import { sha256 } from '../support/body.ts'
import { expectFailure, version, World } from '../support/scripted/world.ts'

const file = version(1_000_000)
const checksum = { algorithm: 'sha-256', value: sha256(Buffer.from('another file')), source: 'caller' } as const

test('a file that cannot be deleted does not hide that its checksum was wrong', async () => {
	const world = new World({ version: file })
	const destination = world.destination()
	const download = world.start({ checksum }, destination)
	await world.clock.advance(500)
	const sink = destination.place?.sink
	let discards = 0
	Object.assign(sink ?? {}, {
		discard: () => {
			discards += 1
			return Promise.reject(new DownloadError('E_IO', 'the folder cannot be written to'))
		},
	})

	expect(expectFailure(await world.end(download)).code).toBe('E_CHECKSUM')
	expect(discards).toBe(1)
	expect(world.leftOpen()).toMatchObject({ leases: 0, blocks: 0, timers: 0, exchanges: 0 })
})
