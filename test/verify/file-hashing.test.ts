import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync, writeSync } from 'node:fs'
import { mkdir, rename, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { startFileHashing } from '../../src/verify/file-hashing.ts'
import { patternedBytes, testHashingContract } from '../contract/hashing.ts'

const MiB = 1024 * 1024

function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'skein-hashing-'))
	onTestFinished(() => rmSync(folder, { recursive: true }))
	return folder
}

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

testHashingContract('file hashing', algorithms => {
	const path = join(temporaryFolder(), 'file.part')
	const file = openSync(path, 'wx')
	onTestFinished(() => closeSync(file))
	const hashing = startFileHashing(path, algorithms)
	let front = 0
	return {
		hashing,
		append: bytes => {
			front += writeSync(file, bytes, 0, bytes.length, front)
			hashing.advance(front)
		},
	}
})

test.runIf(process.platform === 'linux')('no byte is read before the front has passed it', async () => {
	const path = join(temporaryFolder(), 'file.part')
	const file = openSync(path, 'wx')
	onTestFinished(() => closeSync(file))
	const content = patternedBytes(24 * MiB)
	writeSync(file, Buffer.alloc(content.length, 0xee))
	const hashing = startFileHashing(path, ['md5'])
	onTestFinished(() => hashing.close())
	// Wrong bytes stand in the file until just before the front comes, and the thread has come to the front before.
	for (let at = 0, front = 16.5 * MiB; at < content.length; at = front, front += 1.5 * MiB) {
		const wasRead = bytesReadByProcess()
		writeSync(file, content, at, front - at, at)
		hashing.advance(front)
		while (bytesReadByProcess() - wasRead < front - at) await new Promise(setImmediate)
	}
	expect((await hashing.finish(content.length)).get('md5')).toBe(md5(content))
})

test.each([1.5 * MiB, 20 * MiB])('bytes after the %i that count are left out', async size => {
	const path = join(temporaryFolder(), 'file.part')
	const content = patternedBytes(size + 100)
	await writeFile(path, content)
	const hashing = startFileHashing(path, ['md5'])
	onTestFinished(() => hashing.close())
	expect((await hashing.finish(size)).get('md5')).toBe(md5(content.subarray(0, size)))
})

test.each([MiB, 20 * MiB])(
	'a file of %i bytes that is moved and replaced is still the one that is hashed',
	async size => {
		const folder = temporaryFolder()
		const path = join(folder, 'file.part')
		const content = patternedBytes(size)
		await writeFile(path, content)
		const hashing = startFileHashing(path, ['md5'])
		onTestFinished(() => hashing.close())
		await rename(path, join(folder, 'moved'))
		await writeFile(path, 'another file')
		await unlink(join(folder, 'moved'))
		expect((await hashing.finish(size)).get('md5')).toBe(md5(content))
	},
)

test('a missing file, a symbolic link and a folder are E_IO, told by finish', async () => {
	const folder = temporaryFolder()
	await writeFile(join(folder, 'file'), 'abc')
	await symlink('file', join(folder, 'link'))
	await mkdir(join(folder, 'folder'))
	for (const name of ['missing', 'link', 'folder']) {
		const hashing = startFileHashing(join(folder, name), ['md5'])
		hashing.advance(3)
		await expect(hashing.finish(3)).rejects.toMatchObject({ code: 'E_IO', message: expect.stringContaining(name) })
		await hashing.close()
	}
})

test('a failed read in the thread is E_IO', async () => {
	const folder = temporaryFolder()
	const hashing = startFileHashing(folder, ['md5'])
	onTestFinished(() => hashing.close())
	hashing.advance(20 * MiB)
	await expect(hashing.finish(20 * MiB)).rejects.toMatchObject({ code: 'E_IO', details: { errno: 'EISDIR' } })
})

test.each([MiB, 64 * MiB])('closed in the middle of %i bytes, finish says so and no descriptor is left', async size => {
	const path = join(temporaryFolder(), 'file.part')
	await writeFile(path, patternedBytes(size))
	for (let round = 0; round < 5; round++) {
		const hashing = startFileHashing(path, ['sha-512'])
		hashing.advance(size / 2)
		const finished = expect(hashing.finish(size)).rejects.toMatchObject({ code: 'E_ABORTED' })
		await hashing.close()
		await finished
	}
	expect(descriptorsOf(path)).toEqual([])
})

test('after a digest no descriptor is left', async () => {
	const path = join(temporaryFolder(), 'file.part')
	await writeFile(path, patternedBytes(20 * MiB))
	for (const size of [MiB, 20 * MiB]) {
		const hashing = startFileHashing(path, ['md5'])
		await hashing.finish(size)
		await hashing.close()
	}
	expect(descriptorsOf(path)).toEqual([])
})

test.each([
	['a forgotten hashing does not keep the process alive', 'hashing.advance(20 * 1024 * 1024)', ''],
	[
		'an awaited one does',
		"hashing.finish(20 * 1024 * 1024).then(digests => console.log(digests.get('md5')))",
		'8f4e33f3dc3e414ff94e5fb6905cba8c\n',
	],
])('%s', async (_, statement, output) => {
	const path = join(temporaryFolder(), 'file.part')
	await writeFile(path, Buffer.alloc(20 * MiB))
	const built = new URL('../../dist/verify/file-hashing.js', import.meta.url)
	const program = `
		import { startFileHashing } from '${built}'
		const hashing = startFileHashing(process.argv[1], ['md5'])
		${statement}`
	const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, path], {
		timeout: 20_000,
	})
	expect(stdout).toBe(output)
})

let bytesReadToCount = 0

/** What all threads have read from files so far, by the kernel's count and without what the counting itself read. */
function bytesReadByProcess(): number {
	const counters = readFileSync('/proc/self/io', 'latin1')
	const bytes = Number(/rchar: (\d+)/.exec(counters)?.[1]) - bytesReadToCount
	bytesReadToCount += counters.length
	return bytes
}

function descriptorsOf(path: string): string[] {
	const target = (descriptor: string): string => {
		try {
			return readlinkSync(`/proc/self/fd/${descriptor}`)
		} catch {
			return 'closed meanwhile'
		}
	}
	return process.platform === 'linux' ? readdirSync('/proc/self/fd').filter(name => target(name) === path) : []
}
