import { describe, expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import { type Script, statusReply } from '../support/scripted/server.ts'
import { expectBytes, expectFailure, expectNothingLeft, runToEnd, version, World } from '../support/scripted/world.ts'

const file = version(4_000_000)

/** The first URL leads to an address that is good for 600 ms; asked again, it does as `second` says and then leads to one that stays. */
function expiring(second: Script): Script {
	let firsts = 0
	return (asked, right) => {
		const { url, atMs } = asked
		if (url.pathname === '/file.bin') {
			firsts += 1
			if (firsts === 2) return second(asked, right)
			return statusReply(right, 302, { location: `/signed?until=${firsts === 1 ? 600 : 3_600_000}` })
		}
		if (atMs >= Number(url.searchParams.get('until'))) return statusReply(right, 403)
		return atMs < 600 ? { ...right, cutAt: 300_000 } : right
	}
}

describe('an address that has expired is looked for again', () => {
	test.each<[string, Script]>([
		['failed on the way', (_asked, right) => ({ ...right, fails: 'E_NETWORK' })],
		['was answered with 503', (_asked, right) => statusReply(right, 503)],
	])('where the first look %s', async (_, second) => {
		const world = new World({ version: file, script: expiring(second) })
		expectBytes(await runToEnd(world, { connections: 1 }), file)
	})

	test('where the download was paused in the middle of the first look', async () => {
		const world = new World({
			version: file,
			script: expiring((_asked, right) => statusReply({ ...right, headAfterMs: 5000 }, 302, { location: '/late' })),
		})
		const download = world.start({ connections: 1 })
		await world.clock.advance(3000)
		download.run.command({ kind: 'pause' })
		await world.clock.advance(1000)
		download.run.command({ kind: 'resume' })
		expectBytes(await world.end(download), file)
		expectNothingLeft(world, download)
	})

	test('but not for ever', async () => {
		const script: Script = ({ url, nth }, right) => {
			if (nth === 1) return statusReply(right, 302, { location: '/signed' })
			if (nth === 2) return { ...right, cutAt: 500_000 }
			return statusReply(right, url.pathname === '/file.bin' ? 503 : 403)
		}
		const world = new World({ version: file, script })
		expect(expectFailure(await runToEnd(world, { connections: 1, retries: 3 })).code).toBe('E_HTTP_STATUS')
		expect(world.server.asked.length).toBeLessThan(12)
	})
})

describe('a function that never finds another address', () => {
	const never = (): Promise<URL> => new Promise(() => {})
	const stop = new DownloadError('E_ABORTED', 'stopped')

	test.each<[string, Script]>([
		['before the first byte', (_asked, right) => statusReply(right, 403)],
		['half-way', ({ nth }, right) => (nth === 1 ? { ...right, cutAt: 500_000 } : statusReply(right, 403))],
	])(
		'does not keep a download that is cancelled %s',
		async (_, script) => {
			const world = new World({ version: file, script })
			const download = world.start({ renew: never })
			await world.clock.advance(3000)
			download.run.command({ kind: 'cancel', reason: stop })
			await expect(download.run.result).rejects.toBe(stop)
			expectNothingLeft(world, download)
		},
		2000,
	)
})
