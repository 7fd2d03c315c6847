import { diskError, errnoOf } from '../base/disk-error.ts'
import { type FileIdentity, isSameFile } from '../model/file-identity.ts'
import type { Disk, FileFacts } from './contract.ts'

/** What is at `path`, a symbolic link as itself; undefined for nothing. Rejects with E_IO. */
export async function look(disk: Disk, path: string): Promise<FileFacts | undefined> {
	try {
		return await disk.look(path)
	} catch (error) {
		throw diskError(error, `Cannot look at ${path}`)
	}
}

/** Whether `path` names that very file. Rejects with E_IO. */
export async function names(disk: Disk, path: string, file: FileIdentity): Promise<boolean> {
	const facts = await look(disk, path)
	return facts?.kind === 'file' && isSameFile(facts.identity, file)
}

/** That nothing has the name; one that is too long nothing can have. */
const namesNothing: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENAMETOOLONG'])

/** Deletes a name; that it is gone already is as good. Rejects with E_IO. */
export async function deleteName(disk: Disk, path: string): Promise<void> {
	try {
		await disk.unlink(path)
	} catch (error) {
		if (!namesNothing.has(errnoOf(error))) throw diskError(error, `Cannot delete ${path}`)
	}
}

/** Waits until the names in a folder survive a power cut. Where a file system cannot sync folders, it does not fail. */
export async function syncFolder(disk: Disk, path: string): Promise<void> {
	try {
		await disk.syncFolder(path)
	} catch (error) {
		if (errnoOf(error) !== 'EINVAL' && errnoOf(error) !== 'ENOTSUP') throw diskError(error, `Cannot sync ${path}`)
	}
}
