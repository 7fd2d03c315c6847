import { diskError, errnoOf } from '../base/disk-error.ts'
import { DownloadError } from '../base/errors.ts'
import type { Disk, DiskFile } from '../disk/contract.ts'
import { deleteName, look } from '../disk/names.ts'
import { type FileIdentity, isSameFile } from '../model/file-identity.ts'

/** What a file system answers that has no hard links, or not here: FAT and exFAT, some network and FUSE file systems. */
const noLinks: ReadonlySet<string | undefined> = new Set([
	'EPERM',
	'ENOTSUP',
	'EOPNOTSUPP',
	'ENOSYS',
	'EMLINK',
	'EXDEV',
])

/** Whether the old name is left beside the new one, gone, or still the only one because the new one was not free. */
export type Naming = 'linked' | 'renamed' | 'exists'

/** Gives the file at `from` the name `to`; where something has that name, it stays as it is. */
export async function nameWithoutReplacing(disk: Disk, from: string, to: string): Promise<Naming> {
	try {
		await disk.link(from, to)
		return 'linked'
	} catch (error) {
		if (errnoOf(error) === 'EEXIST') return 'exists'
		if (!noLinks.has(errnoOf(error))) throw diskError(error, `Cannot give ${from} the name ${to}`)
	}
	return renameWithoutReplacing(disk, from, to)
}

/** Gives the file at `from` the name `to` in place of what had it. Throws E_EXISTS for a folder. */
export async function nameReplacing(disk: Disk, from: string, to: string): Promise<void> {
	try {
		await disk.rename(from, to)
	} catch (error) {
		if (errnoOf(error) === 'EISDIR' || errnoOf(error) === 'ENOTEMPTY') throw existsError(to, 'It is a folder')
		throw diskError(error, `Cannot give ${from} the name ${to}`)
	}
}

export function existsError(path: string, why = 'It exists already'): DownloadError {
	return new DownloadError('E_EXISTS', `Cannot write ${path}: ${why.toLowerCase()}`, {
		details: { path },
		hint: 'Choose another name with --output, or say with --if-exists what to do (rename, overwrite or skip).',
	})
}

/**
 * `rename` replaces, and Node cannot ask it not to. So an empty file of ours takes the name first, and is what is
 * replaced. A crash between the two costs an empty file under that name; a look before the rename could cost another's.
 */
async function renameWithoutReplacing(disk: Disk, from: string, to: string): Promise<Naming> {
	const reserved = await reserve(disk, to)
	if (reserved === undefined) return 'exists'
	let ours: FileIdentity | undefined
	try {
		try {
			ours = (await reserved.look()).identity
		} finally {
			await reserved.close()
		}
		await disk.rename(from, to)
		return 'renamed'
	} catch (error) {
		// What fails in turn must not hide why: an empty file is left then.
		if (ours !== undefined) await giveBack(disk, to, ours).catch(() => {})
		throw diskError(error, `Cannot give ${from} the name ${to}`)
	}
}

/** Another program may have put a file of its own under the name, or its bytes into ours. */
async function giveBack(disk: Disk, path: string, ours: FileIdentity): Promise<void> {
	const there = await look(disk, path)
	if (there?.bytes === 0 && isSameFile(there.identity, ours)) await deleteName(disk, path)
}

/** Undefined where something has the name. */
async function reserve(disk: Disk, path: string): Promise<DiskFile | undefined> {
	try {
		return await disk.create(path)
	} catch (error) {
		if (errnoOf(error) === 'EEXIST') return undefined
		throw diskError(error, `Cannot create ${path}`)
	}
}
