import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { verifyFile } from '../../src/api/verify-file.ts'
import { patternedBytes } from '../contract/hashing.ts'

async function temporaryFile(content: Uint8Array): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), 'skein-verify-'))
	onTestFinished(() => rm(folder, { recursive: true }))
	const path = join(folder, 'file.bin')
	await writeFile(path, content)
	return path
}

test.each([0, 1, 1024 * 1024, 5 * 1024 * 1024 + 3])(
	'a file of %i bytes with the right checksum is right',
	async size => {
		const content = patternedBytes(size)
		const path = await temporaryFile(content)
		const value = createHash('sha256').update(content).digest('hex')
		const base64 = Buffer.from(value, 'hex').toString('base64')
		for (const checksum of [`sha-256=${value}`, `sha256-${base64}`]) {
			const heard: number[] = []
			const verified = await verifyFile(path, checksum, (done, total) => heard.push(done, total))
			expect(verified).toEqual({ bytes: size, digest: { algorithm: 'sha-256', value, source: 'caller' } })
			expect(heard.slice(-2)).toEqual(size === 0 ? [] : [size, size])
		}
	},
)

test('one changed byte is E_CHECKSUM, and the message names both digests', async () => {
	const content = patternedBytes(2_000_000)
	const wanted = createHash('md5').update(content).digest('hex')
	content[1_999_999] = (content[1_999_999] ?? 0) ^ 1
	const found = createHash('md5').update(content).digest('hex')
	const path = await temporaryFile(content)
	await expect(verifyFile(path, `md5=${wanted}`)).rejects.toMatchObject({
		code: 'E_CHECKSUM',
		message: `${path} has md5 ${found}, expected ${wanted}`,
		details: { algorithm: 'md5', expected: wanted, found },
	})
})

test('a file that cannot be read is E_IO, a checksum that is none E_USAGE', async () => {
	const checksum = `md5=${'0'.repeat(32)}`
	await expect(verifyFile('/nowhere/at-all', checksum)).rejects.toMatchObject({
		code: 'E_IO',
		details: { errno: 'ENOENT' },
	})
	await expect(verifyFile(tmpdir(), checksum)).rejects.toMatchObject({ code: 'E_IO', details: { errno: 'EISDIR' } })
	await expect(verifyFile('/nowhere/at-all', 'md5=0')).rejects.toMatchObject({ code: 'E_USAGE' })
})

test('what the listener throws comes through as it is', async () => {
	const path = await temporaryFile(patternedBytes(3_000_000))
	const fault = new Error('from the listener')
	const thrown = verifyFile(path, `md5=${'0'.repeat(32)}`, () => {
		throw fault
	})
	await expect(thrown).rejects.toBe(fault)
})
