import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { body, destinationIn, finish, newFile, openPlace } from '../destination/disk.ts'
import { tempDir } from '../support/temp-dir.ts'

test('a finished file has the mode that its destination was given, whatever the umask of the process', async () => {
	await using folder = await tempDir()
	const place = await openPlace(destinationIn(folder.path, { mode: 0o604 }), newFile())
	const path = await finish(place, body)
	expect(statSync(path as string).mode & 0o777).toBe(0o604)
})
