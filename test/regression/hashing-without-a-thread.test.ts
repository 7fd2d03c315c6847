import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createSystemDisk } from '../../src/disk/system.ts'
import { startFileHashing } from '../../src/verify/file-hashing.ts'
import { RefusedThread } from '../support/refused-thread.ts'
import { tempDir } from '../support/temp-dir.ts'

vi.mock(import('node:worker_threads'), async original => ({
	...(await original()),
	Worker: (await import('../support/refused-thread.ts')).RefusedThread as never,
}))

test('where the system gives no thread, a file is hashed without, and asks for none again', async () => {
	await using folder = await tempDir()
	const path = join(folder.path, 'file.part')
	const content = Buffer.alloc(17 * 1024 * 1024, 'content')
	writeFileSync(path, content)
	const disk = createSystemDisk()
	const hashing = startFileHashing({ disk, path, file: (await disk.lookThrough(path)).identity, algorithms: ['md5'] })
	hashing.advance(content.length)
	hashing.advance(content.length)
	const digests = await hashing.finish(content.length)
	expect(digests.get('md5')).toBe(createHash('md5').update(content).digest('hex'))
	expect(RefusedThread.asked).toBe(1)
	await hashing.close()
})
