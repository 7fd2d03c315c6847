import { DownloadError } from '../base/errors.ts'
import type { FileIdentity } from '../journal/contract.ts'
import type { Descriptor } from '../sink/descriptor.ts'
import { createFile, identityOf, names, openFile } from './file-identity.ts'
import { type Lock, lockFile } from './lock.ts'

/** An open `.part`, locked, and found to be what its path names after the lock was ours. */
export interface HeldFile {
	readonly descriptor: Descriptor
	readonly identity: FileIdentity
	readonly bytes: number
	/** What the file takes on the disk: of a sparse one, less than its length. */
	readonly allocatedBytes: number
	readonly lock: Lock
}

/** Makes `path` and holds it; undefined where something has the name already. */
export async function createHeld(path: string, strong: boolean): Promise<HeldFile | undefined> {
	const descriptor = await createFile(path)
	if (descriptor === undefined) return undefined
	const held = await hold(descriptor, strong)
	return typeof held === 'string' ? undefined : held
}

/** Opens what is at `path` and holds it, or says why not. */
export async function openHeld(path: string): Promise<HeldFile | 'nothing' | 'in use'> {
	// Each round means that a file was published or removed between our opening and our lock.
	for (let round = 0; round < 100; round++) {
		const descriptor = await openFile(path)
		if (descriptor === undefined) return 'nothing'
		const held = await hold(descriptor, true)
		if (held !== 'gone') return held
	}
	throw new DownloadError('E_IO', `${path} changes faster than it can be opened`)
}

export async function letGo(held: HeldFile): Promise<void> {
	try {
		await held.descriptor.close()
	} finally {
		await held.lock.release()
	}
}

async function hold(descriptor: Descriptor, strong: boolean): Promise<HeldFile | 'gone' | 'in use'> {
	let lock: Lock | undefined
	try {
		const stats = await descriptor.stat()
		const identity = identityOf(stats)
		lock = await lockFile(descriptor.number, identity, strong)
		if (lock === undefined) return await refuse(descriptor, 'in use')
		const held = {
			descriptor,
			identity,
			bytes: Number(stats.size),
			allocatedBytes: Number(stats.blocks) * 512,
			lock,
		}
		// Whoever had the lock before us may have published the file meanwhile: then it is no `.part` any more.
		if (await names(descriptor.path, identity)) return held
		await lock.release()
		return await refuse(descriptor, 'gone')
	} catch (error) {
		await lock?.release()
		await descriptor.close()
		throw error
	}
}

async function refuse<T>(descriptor: Descriptor, answer: T): Promise<T> {
	await descriptor.close()
	return answer
}
