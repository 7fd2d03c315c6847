import { expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import type { Hashing } from '../../src/verify/contract.ts'
import { sha256 } from '../support/body.ts'
import { expectFailure, expectNothingLeft, version, World } from '../support/scripted/world.ts'

const file = version(1_000_000)
const checksum = { algorithm: 'sha-256', value: sha256(file.body), source: 'caller' } as const
const aborted = new DownloadError('E_ABORTED', 'enough')

test('a download that is cancelled while its bytes are hashed does not wait for that, and publishes nothing', async () => {
	const world = new World({ version: file })
	const destination = world.destination()
	const hashing = new SlowHashing()
	const open = destination.open.bind(destination)
	destination.open = async wanted => Object.assign(await open(wanted), { hash: () => hashing })
	const download = world.start({ checksum }, destination)
	await world.clock.advance(5000)
	expect(download.run.snapshot()).toMatchObject({ state: 'verifying', bytesDone: file.body.length })

	download.run.command({ kind: 'cancel', reason: aborted })

	expect(expectFailure(await world.end(download))).toBe(aborted)
	expect(download.endedMs).toBe(5000)
	expect(hashing.closed).toBe(true)
	expect(destination.place?.sink.outcome.kind).toBe('closed')
	expectNothingLeft(world, download)
})

/** As if the file were larger than anyone waits for: it ends when it is closed. */
class SlowHashing implements Hashing {
	closed = false
	#giveUp: () => void = () => {}

	advance(): void {}

	finish(): ReturnType<Hashing['finish']> {
		return new Promise((_resolve, reject) => {
			this.#giveUp = () => reject(new DownloadError('E_ABORTED', 'closed while it hashed'))
		})
	}

	async close(): Promise<void> {
		this.closed = true
		this.#giveUp()
	}
}
