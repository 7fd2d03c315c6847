import { diskError, errnoOf } from '../base/disk-error.ts'
import { DownloadError } from '../base/errors.ts'
import type { Disk } from '../disk/contract.ts'
import { Descriptor } from '../disk/descriptor.ts'
import { look } from '../disk/names.ts'

/** Makes a file that only its owner can read; undefined where something has the name already. Rejects with E_IO. */
export async function createFile(disk: Disk, path: string): Promise<Descriptor | undefined> {
	try {
		return new Descriptor(await disk.create(path), path)
	} catch (error) {
		if (errnoOf(error) === 'EEXIST') return undefined
		throw diskError(error, `Cannot create ${path}`)
	}
}

/** Opens a regular file that is there; undefined for nothing. Rejects with E_IO for anything else under that name. */
export async function openFile(disk: Disk, path: string): Promise<Descriptor | undefined> {
	const facts = await look(disk, path)
	if (facts === undefined) return undefined
	// Asked before opening: to open a device or a pipe may already do something.
	if (facts.kind !== 'file') throw notRegular(path)
	try {
		return new Descriptor(await disk.open(path, 'read-write'), path)
	} catch (error) {
		if (errnoOf(error) === 'ENOENT') return undefined
		if (errnoOf(error) === 'ELOOP') throw notRegular(path)
		throw diskError(error, `Cannot open ${path}`)
	}
}

function notRegular(path: string): DownloadError {
	return new DownloadError('E_IO', `${path} is not a regular file: it is not followed or written to`, {
		details: { path },
		hint: 'Remove it, or choose another name with --output.',
	})
}
