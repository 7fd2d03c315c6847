import { constants } from 'node:fs'
import { open, unlink } from 'node:fs/promises'
import { diskError, errnoOf } from '../base/disk-error.ts'

/** Waits until the names in a folder survive a power cut. Where a file system cannot sync folders, it does not fail. */
export async function syncFolder(path: string): Promise<void> {
	try {
		const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY)
		try {
			await folder.sync()
		} finally {
			await folder.close()
		}
	} catch (error) {
		if (errnoOf(error) !== 'EINVAL' && errnoOf(error) !== 'ENOTSUP') throw diskError(error, `Cannot sync ${path}`)
	}
}

/** Deletes a name; that it is gone already is as good. Rejects with E_IO. */
export async function deleteName(path: string): Promise<void> {
	try {
		await unlink(path)
	} catch (error) {
		if (errnoOf(error) !== 'ENOENT') throw diskError(error, `Cannot delete ${path}`)
	}
}
