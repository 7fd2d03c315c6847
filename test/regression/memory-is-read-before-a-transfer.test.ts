import { expect, test } from 'vitest'
import type { HostHints } from '../../src/model/host-lesson.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { RememberedHosts } from '../support/remembered-hosts.ts'
import { statusReply } from '../support/scripted/server.ts'
import { expectBytes, version, World } from '../support/scripted/world.ts'

/** Knows nothing before somebody has waited for it. */
class UnreadMemory extends RememberedHosts {
	#read = false

	override recall(host: string): HostHints {
		return this.#read ? super.recall(host) : { cap: undefined, paid: undefined }
	}

	override async loaded(): Promise<void> {
		this.#read = true
	}
}

test('a server that answers sooner than the memory of hosts can be read is asked by as many connections as paid before', async () => {
	const file = version(16_000_000)
	const memory = new UnreadMemory(new FakeClock())
	memory.learn('origin.test', { cap: 4, paid: 4 })
	const world = new World(
		{ version: file, script: ({ busy }, right) => (busy > 4 ? statusReply(right, 503) : right) },
		memory,
	)
	const download = world.start({ connections: 'auto' })
	await world.clock.advance(200)
	expect(download.run.snapshot().connections).toBe(4)
	expectBytes(await world.end(download), file)
})
