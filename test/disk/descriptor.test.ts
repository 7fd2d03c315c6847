import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DiskFile } from '../../src/disk/contract.ts'
import { Descriptor } from '../../src/disk/descriptor.ts'
import { pseudoRandom } from '../support/body.ts'
import { type CallName, FailingDisk, type Failure } from '../support/disk/failing-disk.ts'
import { Volume } from '../support/disk/volume.ts'

const path = '/file'

/** A new file of which each call fails as `decide` says. */
async function open(decide: (call: CallName) => Failure | undefined): Promise<Descriptor> {
	const disk = new FailingDisk(new Volume().process(), ({ name }) => decide(name))
	return new Descriptor(await disk.create(path), path)
}

describe('a descriptor', () => {
	test('writes and reads all, however little the system moves at once and whatever interrupts it', async () => {
		const passing = fc.oneof(
			fc.record({ shortBytes: fc.integer({ min: 1, max: 400 }) }),
			fc.constantFrom({ code: 'EINTR' }, { code: 'EAGAIN' }),
			fc.constant(undefined),
		)
		await fc.assert(
			fc.asyncProperty(fc.array(passing, { maxLength: 40 }), fc.nat(5_000), async (failures, at) => {
				const pending = [...failures]
				const descriptor = await open(name => (/read|write/.test(name) ? pending.shift() : undefined))
				const body = pseudoRandom(2_000)
				expect(await descriptor.write(at, body)).toBe(body.length)
				const into = Buffer.alloc(3_000)
				expect(await descriptor.read(at, into)).toBe(body.length)
				expect(Buffer.compare(into.subarray(0, body.length), body)).toBe(0)
				await descriptor.close()
			}),
			{ numRuns: 200 },
		)
	})

	test.each<[string, Failure, string]>([
		['takes no bytes', { shortBytes: 0 }, 'EIO'],
		['is interrupted again and again', { code: 'EINTR' }, 'EINTR'],
	])('gives up a write where the system %s', async (_, failure, code) => {
		const descriptor = await open(name => (name === 'file.write' ? failure : undefined))
		await expect(descriptor.write(0, pseudoRandom(10))).rejects.toMatchObject({
			code: 'E_IO',
			details: { code },
		})
	})

	test.each([
		['ENOSPC', 'E_NO_SPACE'],
		['EDQUOT', 'E_NO_SPACE'],
		['EFBIG', 'E_NO_SPACE'],
		['EIO', 'E_IO'],
		['EROFS', 'E_IO'],
	])('tells %s at once as %s, whatever it was doing', async (system, code) => {
		const descriptor = await open(name => (name.startsWith('file.') ? { code: system } : undefined))
		const works: readonly (() => Promise<unknown>)[] = [
			() => descriptor.write(0, pseudoRandom(10)),
			() => descriptor.read(0, Buffer.alloc(10)),
			() => descriptor.syncData(),
			() => descriptor.syncAll(),
			() => descriptor.truncate(10),
			() => descriptor.setMode(0o600),
			() => descriptor.look(),
			() => descriptor.close(),
		]
		for (const work of works) {
			await expect(work()).rejects.toMatchObject({
				code,
				message: expect.stringContaining(path),
				details: { code: system },
			})
		}
	})

	test('closes when nothing is under way, and refuses what comes later', async () => {
		const order: string[] = []
		const descriptor = new Descriptor(slowFile(order), path)
		const writing = [3, 1, 2].map(turns => descriptor.write(turns, pseudoRandom(10)))
		const closing = descriptor.close()
		const late = { code: 'E_INTERNAL', message: expect.stringContaining('closed') }
		await expect(descriptor.write(0, pseudoRandom(10))).rejects.toMatchObject(late)
		await Promise.all([...writing, closing, descriptor.close()])
		await expect(descriptor.look()).rejects.toMatchObject(late)
		expect(order).toEqual(['write 1', 'write 2', 'write 3', 'close'])
	})
})

/** A write at offset n takes n turns of the event loop. */
function slowFile(order: string[]): DiskFile {
	return {
		write: async (bytes: Uint8Array, at: number) => {
			for (let turn = 0; turn < at; turn++) await new Promise(setImmediate)
			order.push(`write ${at}`)
			return bytes.length
		},
		close: async () => void order.push('close'),
	} as Partial<DiskFile> as DiskFile
}
