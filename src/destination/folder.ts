import { basename, dirname, join } from 'node:path'
import { diskError, errnoOf } from '../base/disk-error.ts'
import { DownloadError, isDownloadError } from '../base/errors.ts'
import type { Disk } from '../disk/contract.ts'
import { syncFolder } from '../disk/names.ts'

/** The folder that a destination's files are in. */
export class Folder {
	readonly #disk: Disk
	readonly #path: string
	/** Its path without symbolic links, once it is known to be there. */
	#realPath: string | undefined

	constructor(disk: Disk, path: string) {
		this.#disk = disk
		this.#path = path
	}

	async exists(): Promise<boolean> {
		try {
			this.#realPath ??= await this.#disk.realPath(this.#path)
			return true
		} catch (error) {
			if (errnoOf(error) === 'ENOENT') return false
			throw diskError(error, `Cannot open the folder ${this.#path}`)
		}
	}

	/** Makes it, and those above it, where they are missing. */
	async make(): Promise<void> {
		if (await this.exists()) return
		try {
			await makeWithParents(this.#disk, this.#path)
		} catch (error) {
			throw diskError(error, `Cannot make the folder ${this.#path}`)
		}
		await this.exists()
	}

	/** The one path of a file in it, by whatever links the folder is reached. */
	async canonical(path: string): Promise<string> {
		if (await this.exists()) return join(this.#realPath ?? this.#path, basename(path))
		throw new DownloadError('E_IO', `The folder ${this.#path} is gone`, { details: { path: this.#path } })
	}
}

/**
 * Node's own `recursive` never ends where a folder that is there takes no others and says ENOENT, as those of /proc do. Here
 * each is asked for twice at most: once more when the one above it is there, whoever has made that one.
 */
async function makeWithParents(disk: Disk, path: string): Promise<void> {
	try {
		await makeToStay(disk, path)
	} catch (error) {
		if (errnoOf(error) !== 'ENOENT') throw error
		if (!(await isFolder(disk, dirname(path)))) await makeWithParents(disk, dirname(path))
		await makeToStay(disk, path)
	}
}

/**
 * With its name on the disk: a file that survives a power cut must not lose the folder that it is in. One that others have
 * made meanwhile is as good, but for its name: they may not have come to syncing it.
 */
async function makeToStay(disk: Disk, path: string): Promise<void> {
	try {
		await disk.makeFolder(path)
	} catch (error) {
		if (errnoOf(error) !== 'EEXIST' || !(await isFolder(disk, path))) throw error
	}
	try {
		await syncFolder(disk, dirname(path))
	} catch (error) {
		// One may be allowed to add to a folder and not to open it. That is no reason not to download.
		if (!isDownloadError(error, 'E_IO') || error.details['code'] !== 'EACCES') throw error
	}
}

async function isFolder(disk: Disk, path: string): Promise<boolean> {
	return disk.lookThrough(path).then(
		({ kind }) => kind === 'folder',
		() => false,
	)
}
