import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { neverCancelled } from '../../src/base/abort.ts'
import { pseudoRandom, sha256 } from '../support/body.ts'
import { FailingDisk } from '../support/disk/failing-disk.ts'
import { tempDir } from '../support/temp-dir.ts'
import { destinationIn, elsewhere, finish, newFile, openPlace, systemDisk } from './disk.ts'

const content = pseudoRandom(7_000, 7)
const file = newFile({ bytes: content.length })

test('a small file is nowhere on the disk before it is whole, and then it is there under its name alone', async () => {
	await using folder = await tempDir()
	const place = await openPlace(destinationIn(folder.path), file)
	await place.sink.write(0, content, { crc: false })
	expect(readdirSync(folder.path)).toEqual([])
	await place.sink.publish(content.length)
	expect(readdirSync(folder.path)).toEqual(['file.bin'])
	expect(Buffer.compare(readFileSync(join(folder.path, 'file.bin')), content)).toBe(0)
	expect(statSync(join(folder.path, 'file.bin')).mode & 0o777).toBe(0o644)
})

test.each(['close', 'discard'] as const)(
	'after a %s nothing is left of a small file, and its place is free',
	async end => {
		await using folder = await tempDir()
		const destination = destinationIn(folder.path)
		const place = await openPlace(destination, file)
		await place.sink.write(0, content, { crc: false })
		await place.sink[end]()
		expect(readdirSync(folder.path)).toEqual([])
		expect((await openPlace(destination, file)).path).toBe(join(folder.path, 'file.bin'))
	},
)

test('of two downloads at once that end up with the same name the second takes the next, whoever took the first', async () => {
	await using folder = await tempDir()
	// As two processes would: neither knows of the other's claims.
	const ours = await openPlace(destinationIn(folder.path), file)
	writeFileSync(join(folder.path, 'file.bin'), 'of another process')
	expect(await finish(ours, content)).toBe(join(folder.path, 'file.1.bin'))
	expect(readFileSync(join(folder.path, 'file.bin'), 'utf8')).toBe('of another process')
	expect(readdirSync(folder.path).sort()).toEqual(['file.1.bin', 'file.bin'])
})

test('two small files of one process and of one name are both there', async () => {
	await using folder = await tempDir()
	const destination = destinationIn(folder.path)
	const first = await openPlace(destination, file)
	const second = await openPlace(destination, { ...file, ...elsewhere })
	expect(await finish(second, content)).toBe(join(folder.path, 'file.1.bin'))
	expect(await finish(first, content)).toBe(join(folder.path, 'file.bin'))
})

test('a file that came meanwhile is not replaced where that was not asked for', async () => {
	await using folder = await tempDir()
	const place = await openPlace(destinationIn(folder.path, { ifExists: 'error' }), file)
	writeFileSync(join(folder.path, 'file.bin'), 'of another process')
	await expect(finish(place, content)).rejects.toMatchObject({ code: 'E_EXISTS' })
	await place.sink.discard()
	expect(readFileSync(join(folder.path, 'file.bin'), 'utf8')).toBe('of another process')
	expect(readdirSync(folder.path)).toEqual(['file.bin'])
})

test('its digests and its pieces are those of the bytes that came', async () => {
	await using folder = await tempDir()
	const place = await openPlace(destinationIn(folder.path), file)
	const hashing = place.hash(['sha-256'])
	await place.sink.write(0, content, { crc: false })
	hashing.advance(3_000)
	expect(await hashing.finish(content.length)).toEqual(new Map([['sha-256', sha256(content)]]))
	const right = { range: { start: 0, end: 3_000 }, hash: sha256(content.subarray(0, 3_000)) }
	const wrong = { range: { start: 3_000, end: content.length }, hash: sha256(content) }
	expect(await place.findWrongPieces?.('sha-256', [right, wrong], neverCancelled)).toEqual([wrong])
	await place.sink.discard()
})

test('whatever call of the disk fails, there is the whole file under its name, or none', async () => {
	for (let nth = 1; ; nth++) {
		await using folder = await tempDir()
		const disk = new FailingDisk(systemDisk, call => (call.nth === nth ? { code: 'EIO' } : undefined))
		let path: string | undefined
		try {
			const place = await openPlace(destinationIn(folder.path, { disk }), file)
			try {
				path = await finish(place, content)
			} catch (error) {
				await place.sink.discard()
				throw error
			}
		} catch (error) {
			expect(error).toMatchObject({ code: 'E_IO' })
		}
		const named = readdirSync(folder.path).filter(name => !name.startsWith('.skein-'))
		expect(named).toEqual(path === undefined ? [] : ['file.bin'])
		if (path !== undefined) expect(Buffer.compare(readFileSync(path), content)).toBe(0)
		if (path !== undefined && nth > disk.calls.length) return
	}
})

test('a small file costs few calls of the disk, and no lock', async () => {
	await using folder = await tempDir()
	const disk = new FailingDisk(systemDisk, () => undefined, { locksFail: true })
	const destination = destinationIn(folder.path, { disk })
	await (await openPlace(destination, file)).sink.discard()
	disk.calls.length = 0
	await destination.findUnfinished('file.bin', file)
	const looking = disk.calls.length
	await finish(await openPlace(destination, file), content)
	expect(disk.calls.slice(looking)).toEqual([
		'look',
		...['create', 'file.write', 'file.setMode', 'file.close', 'link', 'unlink'],
	])
	expect(looking).toBeLessThanOrEqual(5)
})

test('what others put under the name while the file was asked for stays, and the file takes the next one', async () => {
	await using folder = await tempDir()
	const destination = destinationIn(folder.path, {})
	await destination.findUnfinished('file.bin', file)
	writeFileSync(join(folder.path, 'file.bin'), 'of another')
	expect(await finish(await openPlace(destination, file), content)).toBe(join(folder.path, 'file.1.bin'))
	expect(readFileSync(join(folder.path, 'file.bin'), 'utf8')).toBe('of another')
})

test('with sync it is on the disk before it has its name, and so is the name before it counts as done', async () => {
	await using folder = await tempDir()
	const disk = new FailingDisk(systemDisk, () => undefined)
	await finish(await openPlace(destinationIn(folder.path, { disk, sync: true }), file), content)
	const order = ['file.write', 'file.syncAll', 'link', 'syncFolder', 'unlink'] as const
	expect(disk.calls.filter(call => order.some(name => name === call))).toEqual(order)
})
