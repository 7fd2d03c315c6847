import { diskError } from '../base/disk-error.ts'
import { DownloadError } from '../base/errors.ts'
import type { Disk, Lock } from '../disk/contract.ts'
import type { Descriptor } from '../disk/descriptor.ts'
import { names } from '../disk/names.ts'
import type { FileIdentity } from '../model/file-identity.ts'
import { createFile, openFile } from './open-file.ts'

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
export async function createHeld(disk: Disk, path: string, strong: boolean): Promise<HeldFile | undefined> {
	const descriptor = await createFile(disk, path)
	if (descriptor === undefined) return undefined
	const held = await hold(disk, descriptor, strong)
	return typeof held === 'string' ? undefined : held
}

/** Opens what is at `path` and holds it, or says why not. */
export async function openHeld(disk: Disk, path: string): Promise<HeldFile | 'nothing' | 'in use'> {
	// Each round means that a file was published or removed between our opening and our lock.
	for (let round = 0; round < 100; round++) {
		const descriptor = await openFile(disk, path)
		if (descriptor === undefined) return 'nothing'
		const held = await hold(disk, descriptor, true)
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

async function hold(disk: Disk, descriptor: Descriptor, strong: boolean): Promise<HeldFile | 'gone' | 'in use'> {
	let lock: Lock | undefined
	try {
		const { identity, bytes, allocatedBytes } = await descriptor.look()
		lock = await disk.lock(descriptor.file, identity, strong)
		if (lock === undefined) return await refuse(descriptor, 'in use')
		// Whoever had the lock before us may have published the file meanwhile: then it is no `.part` any more.
		if (await names(disk, descriptor.path, identity)) return { descriptor, identity, bytes, allocatedBytes, lock }
		await lock.release()
		return await refuse(descriptor, 'gone')
	} catch (error) {
		await lock?.release()
		await descriptor.close()
		throw diskError(error, `Cannot lock ${descriptor.path}`)
	}
}

async function refuse<T>(descriptor: Descriptor, answer: T): Promise<T> {
	await descriptor.close()
	return answer
}
