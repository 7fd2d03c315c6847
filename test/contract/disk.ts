import { describe, expect, onTestFinished, test } from 'vitest'
import type { Disk, DiskFile } from '../../src/disk/contract.ts'

export interface DiskUnderTest {
	readonly disk: Disk
	/** A folder to work in, empty. */
	readonly folder: string
	/** There is no call for it in the contract: skein makes none. */
	symlink(target: string, path: string): Promise<void>
}

const body = new TextEncoder().encode('a disk keeps what it was given')

/** What every disk promises: the real one, and the model of it that other tests stand on. */
export function testDiskContract(name: string, begin: () => Promise<DiskUnderTest>): void {
	describe(name, () => {
		testFiles(begin)
		testNames(begin)
		testMistakes(begin)
		testLocks(begin)
	})
}

function testFiles(begin: () => Promise<DiskUnderTest>): void {
	test('what was written is read, by whoever opens the file', async () => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		expect(await file.write(body, 0)).toBe(body.length)
		const other = await opened(disk, `${folder}/a`, 'read')
		expect(await contentOf(other)).toEqual(body)
	})

	test('a later write replaces what it covers, and nothing else', async () => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		await file.write(new Uint8Array(10_000).fill(1), 0)
		await file.write(new Uint8Array(300).fill(2), 4000)
		const expected = new Uint8Array(10_000).fill(1).fill(2, 4000, 4300)
		expect(await contentOf(file)).toEqual(expected)
	})

	test('a write beyond the end leaves a hole of zeros that takes no room', async () => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		await file.write(body, 1 << 20)
		const facts = await file.look()
		expect(facts.bytes).toBe((1 << 20) + body.length)
		expect(facts.allocatedBytes).toBeLessThan(1 << 18)
		const into = new Uint8Array(body.length + 10)
		expect(await file.read(into, (1 << 20) - 10)).toBe(into.length)
		expect(into).toEqual(new Uint8Array([...new Uint8Array(10), ...body]))
	})

	test('a read is short at the end of the file, and 0 beyond it', async () => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		await file.write(body, 0)
		const into = new Uint8Array(100).fill(9)
		expect(await file.read(into, 5)).toBe(body.length - 5)
		expect(into.subarray(0, body.length - 5)).toEqual(body.subarray(5))
		expect(into.subarray(body.length - 5)).toEqual(new Uint8Array(100 - body.length + 5).fill(9))
		expect(await file.read(into, body.length)).toBe(0)
		expect(await file.read(into, 1 << 30)).toBe(0)
	})

	test('truncate cuts for good, and grows with zeros', async () => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		await file.write(new Uint8Array(5000).fill(1), 0)
		await file.truncate(4500)
		await file.truncate(9000)
		expect(await contentOf(file)).toEqual(new Uint8Array(9000).fill(1, 0, 4500))
	})

	test('allocate changes neither length nor content, and what it covers is written, cut and grown as before', async () => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		await file.write(body, 0)
		await file.allocate(1 << 16)
		expect((await file.look()).bytes).toBe(body.length)
		expect(await contentOf(file)).toEqual(body)
		await file.truncate(1 << 16)
		await file.write(body, 1 << 15)
		const whole = new Uint8Array(1 << 16)
		whole.set(body)
		whole.set(body, 1 << 15)
		expect(await contentOf(file)).toEqual(whole)
		await file.truncate(1 << 15)
		await file.truncate(1 << 16)
		expect(await contentOf(file)).toEqual(whole.fill(0, 1 << 15))
	})

	test('a file is created empty, and its facts name it by whatever way they are asked for', async () => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		const facts = await file.look()
		expect(facts).toMatchObject({ kind: 'file', bytes: 0, allocatedBytes: 0 })
		expect(await disk.look(`${folder}/a`)).toEqual(facts)
		expect(await disk.lookThrough(`${folder}/a`)).toEqual(facts)
	})

	test('sync, mode and space answer', async () => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		await file.write(body, 0)
		await file.setMode(0o644)
		await file.syncData()
		await file.syncAll()
		await disk.syncFolder(folder)
		const { freeBytes, fileSystem } = await disk.space(folder)
		expect(freeBytes).toBeGreaterThan(0)
		expect(fileSystem).toBeGreaterThan(0)
	})
}

function testNames(begin: () => Promise<DiskUnderTest>): void {
	test('a link is a second name of the same file', async () => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		await disk.link(`${folder}/a`, `${folder}/b`)
		await file.write(body, 0)
		expect(await contentOf(await opened(disk, `${folder}/b`, 'read'))).toEqual(body)
		expect(await disk.look(`${folder}/b`)).toEqual(await disk.look(`${folder}/a`))
	})

	test('a name is taken away, and the file is there while it has another', async () => {
		const { disk, folder } = await begin()
		await created(disk, `${folder}/a`)
		await disk.link(`${folder}/a`, `${folder}/b`)
		await disk.unlink(`${folder}/a`)
		expect(await disk.look(`${folder}/a`)).toBeUndefined()
		expect((await disk.look(`${folder}/b`))?.kind).toBe('file')
	})

	test('an open file without a name can be read and written', async () => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		await disk.unlink(`${folder}/a`)
		await file.write(body, 0)
		expect(await contentOf(file)).toEqual(body)
	})

	test('rename replaces what had the name', async () => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		const replaced = await created(disk, `${folder}/b`)
		await disk.rename(`${folder}/a`, `${folder}/b`)
		expect((await disk.look(`${folder}/b`))?.identity).toEqual((await file.look()).identity)
		expect((await replaced.look()).identity).not.toEqual((await file.look()).identity)
		expect(await disk.look(`${folder}/a`)).toBeUndefined()
	})

	test('rename onto another name of the same file does nothing', async () => {
		const { disk, folder } = await begin()
		await created(disk, `${folder}/a`)
		await disk.link(`${folder}/a`, `${folder}/b`)
		await disk.rename(`${folder}/a`, `${folder}/b`)
		expect((await disk.look(`${folder}/a`))?.identity).toEqual((await disk.look(`${folder}/b`))?.identity)
	})

	test('a file that is made after a deletion is another one', async () => {
		const { disk, folder } = await begin()
		const first = await created(disk, `${folder}/a`)
		const { identity } = await first.look()
		await disk.unlink(`${folder}/a`)
		const second = await created(disk, `${folder}/a`)
		expect((await second.look()).identity).not.toEqual(identity)
	})

	test('folders are made, and lead to what is in them', async () => {
		const { disk, folder } = await begin()
		await disk.makeFolder(`${folder}/inner`)
		expect((await disk.look(`${folder}/inner`))?.kind).toBe('folder')
		await created(disk, `${folder}/inner/a`)
		expect((await disk.look(`${folder}/inner/../inner/./a`))?.kind).toBe('file')
	})

	test('a symbolic link is itself, and leads on where that is asked for', async () => {
		const { disk, folder, symlink } = await begin()
		await created(disk, `${folder}/a`)
		await symlink('a', `${folder}/link`)
		expect((await disk.look(`${folder}/link`))?.kind).toBe('link')
		expect(await disk.lookThrough(`${folder}/link`)).toEqual(await disk.look(`${folder}/a`))
		expect(await disk.realPath(`${folder}/link`)).toBe(await disk.realPath(`${folder}/a`))
	})

	test('a symbolic link to a folder is a way into it', async () => {
		const { disk, folder, symlink } = await begin()
		await disk.makeFolder(`${folder}/inner`)
		await symlink(`${folder}/inner`, `${folder}/link`)
		await created(disk, `${folder}/link/a`)
		expect((await disk.look(`${folder}/inner/a`))?.kind).toBe('file')
		expect(await disk.realPath(`${folder}/link/a`)).toBe(await disk.realPath(`${folder}/inner/a`))
		await disk.syncFolder(`${folder}/link`)
	})
}

function testMistakes(begin: () => Promise<DiskUnderTest>): void {
	test('nothing is there where nothing was put', async () => {
		const { disk, folder } = await begin()
		for (const path of [`${folder}/nothing`, `${folder}/nothing/below`]) {
			expect(await disk.look(path)).toBeUndefined()
			await expectErrno(disk.lookThrough(path), 'ENOENT')
			await expectErrno(disk.realPath(path), 'ENOENT')
			await expectErrno(disk.open(path, 'read'), 'ENOENT')
			await expectErrno(disk.unlink(path), 'ENOENT')
			await expectErrno(disk.link(path, `${folder}/b`), 'ENOENT')
			await expectErrno(disk.rename(path, `${folder}/b`), 'ENOENT')
			await expectErrno(disk.syncFolder(path), 'ENOENT')
		}
		await expectErrno(disk.create(`${folder}/nothing/below`), 'ENOENT')
		await expectErrno(disk.makeFolder(`${folder}/nothing/below`), 'ENOENT')
	})

	test('a name that is taken is not created or linked over, whatever has it', async () => {
		const { disk, folder, symlink } = await begin()
		await created(disk, `${folder}/a`)
		await created(disk, `${folder}/file`)
		await disk.makeFolder(`${folder}/folder`)
		await symlink('nowhere', `${folder}/link`)
		for (const name of ['file', 'folder', 'link']) {
			await expectErrno(disk.create(`${folder}/${name}`), 'EEXIST')
			await expectErrno(disk.link(`${folder}/a`, `${folder}/${name}`), 'EEXIST')
			await expectErrno(disk.makeFolder(`${folder}/${name}`), 'EEXIST')
		}
	})

	test('a symbolic link is never opened through', async () => {
		const { disk, folder, symlink } = await begin()
		await created(disk, `${folder}/a`)
		await symlink('a', `${folder}/link`)
		await symlink('nowhere', `${folder}/dangling`)
		for (const access of ['read', 'read-write'] as const) {
			await expectErrno(disk.open(`${folder}/link`, access), 'ELOOP')
			await expectErrno(disk.open(`${folder}/dangling`, access), 'ELOOP')
		}
		await expectErrno(disk.lookThrough(`${folder}/dangling`), 'ENOENT')
	})

	test('symbolic links in a circle are given up', async () => {
		const { disk, folder, symlink } = await begin()
		await symlink('there', `${folder}/here`)
		await symlink('here', `${folder}/there`)
		await expectErrno(disk.lookThrough(`${folder}/here`), 'ELOOP')
		await expectErrno(disk.create(`${folder}/here/a`), 'ELOOP')
	})

	test('a file is no folder, and a folder no file', async () => {
		const { disk, folder } = await begin()
		await created(disk, `${folder}/a`)
		await disk.makeFolder(`${folder}/inner`)
		await expectErrno(disk.look(`${folder}/a/below`), 'ENOTDIR')
		await expectErrno(disk.create(`${folder}/a/below`), 'ENOTDIR')
		await expectErrno(disk.syncFolder(`${folder}/a`), 'ENOTDIR')
		await expectErrno(disk.open(`${folder}/inner`, 'read-write'), 'EISDIR')
		await expectErrno(disk.unlink(`${folder}/inner`), 'EISDIR')
		await expectErrno(disk.link(`${folder}/inner`, `${folder}/b`), 'EPERM')
		const opened = await disk.open(`${folder}/inner`, 'read')
		onTestFinished(() => opened.close())
		await expectErrno(opened.read(new Uint8Array(1), 0), 'EISDIR')
	})

	test('a file and a folder do not replace each other', async () => {
		const { disk, folder } = await begin()
		await created(disk, `${folder}/a`)
		await disk.makeFolder(`${folder}/empty`)
		await disk.makeFolder(`${folder}/full`)
		await created(disk, `${folder}/full/a`)
		await expectErrno(disk.rename(`${folder}/a`, `${folder}/empty`), 'EISDIR')
		await expectErrno(disk.rename(`${folder}/empty`, `${folder}/a`), 'ENOTDIR')
		await expectErrno(disk.rename(`${folder}/empty`, `${folder}/full`), 'ENOTEMPTY')
	})

	test('a name of more than 255 bytes is refused', async () => {
		const { disk, folder } = await begin()
		await expectErrno(disk.create(`${folder}/${'ü'.repeat(128)}`), 'ENAMETOOLONG')
		await created(disk, `${folder}/${'ü'.repeat(127)}`)
	})

	test('a file that is open for reading is not changed', async () => {
		const { disk, folder } = await begin()
		await created(disk, `${folder}/a`)
		const file = await opened(disk, `${folder}/a`, 'read')
		await expectErrno(file.write(body, 0), 'EBADF')
		await expectErrno(file.truncate(10), 'EINVAL')
		expect((await file.look()).bytes).toBe(0)
	})

	test('errors name the call that failed', async () => {
		const { disk, folder } = await begin()
		await expect(disk.lookThrough(`${folder}/nothing`)).rejects.toMatchObject({ syscall: 'stat' })
		await expect(disk.open(`${folder}/nothing`, 'read')).rejects.toMatchObject({ syscall: 'open' })
		await expect(disk.rename(`${folder}/nothing`, `${folder}/b`)).rejects.toMatchObject({ syscall: 'rename' })
	})
}

function testLocks(begin: () => Promise<DiskUnderTest>): void {
	test.each([true, false])('one holds a file at a time, strongly or not (%s)', async strong => {
		const { disk, folder } = await begin()
		const file = await created(disk, `${folder}/a`)
		const other = await opened(disk, `${folder}/a`, 'read-write')
		const { identity } = await file.look()
		const lock = await disk.lock(file, identity, strong)
		expect(lock).toBeDefined()
		expect(await disk.lock(other, identity, strong)).toBeUndefined()
		await lock?.release()
		await lock?.release()
	})

	test('a lock that was released and its file closed can be had again', async () => {
		const { disk, folder } = await begin()
		const file = await disk.create(`${folder}/a`)
		const { identity } = await file.look()
		const lock = await disk.lock(file, identity, true)
		await file.close()
		await lock?.release()
		const again = await opened(disk, `${folder}/a`, 'read-write')
		const second = await disk.lock(again, identity, true)
		expect(second).toBeDefined()
		await second?.release()
	})

	test('locks are of files, not of names', async () => {
		const { disk, folder } = await begin()
		const a = await created(disk, `${folder}/a`)
		const b = await created(disk, `${folder}/b`)
		const locks = [
			await disk.lock(a, (await a.look()).identity, false),
			await disk.lock(b, (await b.look()).identity, false),
		]
		expect(locks).not.toContain(undefined)
		for (const lock of locks) await lock?.release()
	})
}

async function created(disk: Disk, path: string): Promise<DiskFile> {
	const file = await disk.create(path)
	onTestFinished(() => file.close())
	return file
}

async function opened(disk: Disk, path: string, access: 'read' | 'read-write'): Promise<DiskFile> {
	const file = await disk.open(path, access)
	onTestFinished(() => file.close())
	return file
}

async function contentOf(file: DiskFile): Promise<Uint8Array> {
	const into = new Uint8Array((await file.look()).bytes)
	expect(await file.read(into, 0)).toBe(into.length)
	return into
}

async function expectErrno(promise: Promise<unknown>, code: string): Promise<void> {
	await expect(promise).rejects.toMatchObject({ code })
}
