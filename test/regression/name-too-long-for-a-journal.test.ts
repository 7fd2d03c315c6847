import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { destinationIn, newFile } from '../destination/disk.ts'
import { tempDir } from '../support/temp-dir.ts'

test.each([239, 243, 248, 250])('a name of %i bytes is refused in words, and leaves nothing', async bytes => {
	await using folder = await tempDir()
	const opening = destinationIn(folder.path).open(newFile({ name: 'a'.repeat(bytes) }))
	await expect(opening).rejects.toMatchObject({
		code: 'E_IO',
		message: expect.stringMatching(/^Cannot (?!delete).*ENAMETOOLONG/),
		hint: 'Choose a shorter name with --output.',
	})
	expect(readdirSync(folder.path)).toEqual([])
})
