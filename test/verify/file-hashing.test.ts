import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
	closeSync,
	lstatSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	writeSync,
} from 'node:fs'
import { mkdir, rename, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { DiskFile } from '../../src/disk/contract.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import type { DigestAlgorithm } from '../../src/model/digest.ts'
import type { FileIdentity } from '../../src/model/file-identity.ts'
import type { Hashing } from '../../src/verify/contract.ts'
import { startFileHashing } from '../../src/verify/file-hashing.ts'
import { patternedBytes, testHashingContract } from '../contract/hashing.ts'

const MiB = 1024 * 1024

function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'skein-hashing-'))
	onTestFinished(() => rmSync(folder, { recursive: true }))
	return folder
}

const disk = createSystemDisk()

/** Of what is at the path now. */
function hashingOf(path: string, algorithms: readonly DigestAlgorithm[]): Hashing {
	return startFileHashing({ disk, path, file: identityAt(path), algorithms })
}

function identityAt(path: string): FileIdentity {
	const { dev, ino, birthtimeNs } = lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? {}
	return { device: String(dev), inode: String(ino), birthNs: String(birthtimeNs) }
}

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

testHashingContract('file hashing', algorithms => {
	const path = join(temporaryFolder(), 'file.part')
	const file = openSync(path, 'wx')
	onTestFinished(() => closeSync(file))
	const hashing = hashingOf(path, algorithms)
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
	const hashing = hashingOf(path, ['md5'])
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
	const hashing = hashingOf(path, ['md5'])
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
		const hashing = hashingOf(path, ['md5'])
		onTestFinished(() => hashing.close())
		while (descriptorsOf(path).length === 0) await new Promise(setImmediate)
		await rename(path, join(folder, 'moved'))
		await writeFile(path, 'another file')
		await unlink(join(folder, 'moved'))
		expect((await hashing.finish(size)).get('md5')).toBe(md5(content))
	},
)

test('a file that was replaced before it was opened is E_IO, told by finish', async () => {
	const folder = temporaryFolder()
	const path = join(folder, 'file.part')
	await writeFile(path, 'ours')
	const file = identityAt(path)
	await rename(path, join(folder, 'moved'))
	await writeFile(path, 'not ours')
	const hashing = startFileHashing({ disk, path, file, algorithms: ['md5'] })
	await expect(hashing.finish(4)).rejects.toMatchObject({ code: 'E_IO', message: expect.stringContaining('replaced') })
	await hashing.close()
	expect(descriptorsOf(path)).toEqual([])
})

test('a file without a number is read in the process, whatever its size', async () => {
	const path = join(temporaryFolder(), 'file.part')
	const content = patternedBytes(20 * MiB)
	await writeFile(path, content)
	const numberless = Object.assign(createSystemDisk(), { open: withoutNumber })
	const hashing = startFileHashing({ disk: numberless, path, file: identityAt(path), algorithms: ['md5'] })
	hashing.advance(content.length)
	expect((await hashing.finish(content.length)).get('md5')).toBe(md5(content))
	await hashing.close()
})

/** A file that no thread could find. */
async function withoutNumber(path: string): Promise<DiskFile> {
	const file = await disk.open(path, 'read')
	return {
		number: undefined,
		read: (into, at) => file.read(into, at),
		look: () => file.look(),
		close: () => file.close(),
	} as DiskFile
}

test('a missing file, a symbolic link and a folder are E_IO, told by finish', async () => {
	const folder = temporaryFolder()
	await writeFile(join(folder, 'file'), 'abc')
	await symlink('file', join(folder, 'link'))
	await mkdir(join(folder, 'folder'))
	for (const name of ['missing', 'link', 'folder']) {
		const hashing = hashingOf(join(folder, name), ['md5'])
		hashing.advance(3)
		await expect(hashing.finish(3)).rejects.toMatchObject({ code: 'E_IO', message: expect.stringContaining(name) })
		await hashing.close()
	}
})

test('a failed read in the thread is E_IO', async () => {
	const folder = temporaryFolder()
	const hashing = hashingOf(folder, ['md5'])
	onTestFinished(() => hashing.close())
	hashing.advance(20 * MiB)
	await expect(hashing.finish(20 * MiB)).rejects.toMatchObject({ code: 'E_IO', details: { errno: 'EISDIR' } })
})

test.each([MiB, 64 * MiB])('closed in the middle of %i bytes, finish says so and no descriptor is left', async size => {
	const path = join(temporaryFolder(), 'file.part')
	await writeFile(path, patternedBytes(size))
	for (let round = 0; round < 5; round++) {
		const hashing = hashingOf(path, ['sha-512'])
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
		const hashing = hashingOf(path, ['md5'])
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
	const built = (file: string): string => new URL(`../../dist/${file}`, import.meta.url).href
	const program = `
		import { createSystemDisk } from '${built('disk/system.js')}'
		import { startFileHashing } from '${built('verify/file-hashing.js')}'
		const disk = createSystemDisk()
		const path = process.argv[1]
		const { identity: file } = await disk.look(path)
		const hashing = startFileHashing({ disk, path, file, algorithms: ['md5'] })
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
