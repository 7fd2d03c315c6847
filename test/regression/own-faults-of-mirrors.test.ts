import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { plainSpec } from '../support/plain-spec.ts'
import { expectFailure, expectNothingLeft, version, World } from '../support/scripted/world.ts'

test('a fault of ours while a mirror is compared ends the download, and not the process', async () => {
	const file = version(4_000_000)
	const script = (): never => {
		throw new TypeError('a fault of ours')
	}
	const world = new World({ version: file, mirrors: { 'broken.test': { version: file, script } } })
	const url = new URL('http://broken.test/file.bin')
	const value = createHash('sha256').update(file.body).digest('hex')
	const download = world.start({
		connections: 2,
		mirrors: [{ url, asking: { ...plainSpec.asking, headersOrigin: url.origin } }],
		checksum: { algorithm: 'sha-256', value, source: 'caller' },
	})
	expect(expectFailure(await world.end(download))).toMatchObject({ code: 'E_INTERNAL' })
	expectNothingLeft(world, download)
})
