import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { DownloadEvent } from '../../src/engine/events.ts'
import { type Script, statusReply } from '../support/scripted/server.ts'
import {
	type Download,
	type Ending,
	expectBytes,
	expectFailure,
	expectNothingLeft,
	version,
	World,
} from '../support/scripted/world.ts'

const file = version(1_000_000)
const thrown = new Error('a fault of the listener')

test.each(['probed', 'retry', 'done'] as const)('a listener that throws at %j does not harm the download', async at => {
	const script: Script = ({ nth }, right) => (nth === 1 ? { ...right, cutAt: 300_000 } : right)
	const world = new World({ version: file, script })

	const { ending, download, unhandled } = await endWithThrowing(world, at)

	expectBytes(ending, file)
	expect(download.events.map(({ event }) => event)).toEqual(['probed', 'retry', 'done'])
	expectNothingLeft(world, download)
	expect(unhandled).toEqual([thrown])
})

test('a listener that throws at "failed" does not hide why', async () => {
	const world = new World({ version: file, script: (_asked, right) => statusReply(right, 404) })

	const { ending, download, unhandled } = await endWithThrowing(world, 'failed')

	expect(expectFailure(ending)).toMatchObject({ code: 'E_HTTP_STATUS', details: { status: 404 } })
	expectNothingLeft(world, download)
	expect(unhandled).toEqual([thrown])
})

async function endWithThrowing(
	world: World,
	at: DownloadEvent['event'],
): Promise<{ ending: Ending; download: Download; unhandled: readonly unknown[] }> {
	using rejections = takeUnhandledRejections()
	const download = world.start()
	download.run.onEvent(({ event }) => {
		if (event === at) throw thrown
	})
	const ending = await world.end(download)
	// A rejection is called unhandled when the turn in which it came is over.
	await setImmediate()
	return { ending, download, unhandled: rejections.unhandled }
}

/** Whoever listens besides would take what is thrown on purpose for a failure of the test. */
function takeUnhandledRejections(): Disposable & { readonly unhandled: readonly unknown[] } {
	const others = process.listeners('unhandledRejection')
	const unhandled: unknown[] = []
	process.removeAllListeners('unhandledRejection')
	process.on('unhandledRejection', reason => unhandled.push(reason))
	return {
		unhandled,
		[Symbol.dispose]() {
			process.removeAllListeners('unhandledRejection')
			for (const other of others) process.on('unhandledRejection', other)
		},
	}
}
