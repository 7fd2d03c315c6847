import { expect, test } from 'vitest'
import { expectBytes, expectNothingLeft, version, World } from '../support/scripted/world.ts'

const file = version(4_000_000)

test('however often it is paused, a download without ranges has its bytes in the end, and says nothing of starting over', async () => {
	const world = new World({ version: file, ranges: false })
	const download = world.start()

	for (let pauses = 0; pauses < 5; pauses++) {
		await world.clock.advance(1000)
		download.run.command({ kind: 'pause' })
		await world.clock.advance(1000)
		expect(download.run.snapshot()).toMatchObject({ state: 'paused', connections: 0 })
		download.run.command({ kind: 'resume' })
	}

	expectBytes(await world.end(download), file)
	expect(download.events.map(({ event }) => event)).toEqual(['probed', 'done'])
	expectNothingLeft(world, download)
})

test('nor does one without a validator begin again and again: each answer is asked for as a whole', async () => {
	const { body } = file
	const world = new World({ version: { body, etag: undefined }, bytesPerSecond: 200_000 })
	const download = world.start({ connections: 3 })

	await world.clock.advance(3000)
	download.run.command({ kind: 'pause' })
	await world.clock.advance(1000)
	download.run.command({ kind: 'resume' })

	expectBytes(await world.end(download), file)
	expect(download.run.snapshot().bytesDone).toBe(body.length)
	expect(download.events.filter(({ event }) => event === 'done')).toMatchObject([{ requests: 2 }])
	expectNothingLeft(world, download)
})
