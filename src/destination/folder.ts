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

/** Node's own `recursive` never ends where a folder that is there takes no others and says ENOENT, as those of /proc do. */
async function makeWithParents(disk: Disk, path: string): Promise<void> {
	try {
		await makeToStay(disk, path)
	} catch (error) {
		const code = errnoOf(error)
		if (code === 'EEXIST' && (await disk.lookThrough(path)).kind === 'folder') return
		if (code !== 'ENOENT' || (await isThere(disk, dirname(path)))) throw error
		await makeWithParents(disk, dirname(path))
		await makeToStay(disk, path)
	}
}

/** With its name on the disk: a file that survives a power cut must not lose the folder that it is in. */
async function makeToStay(disk: Disk, path: string): Promise<void> {
	await disk.makeFolder(path)
	try {
		await syncFolder(disk, dirname(path))
	} catch (error) {
		// One may be allowed to add to a folder and not to open it. That is no reason not to download.
		if (!isDownloadError(error, 'E_IO') || error.details['code'] !== 'EACCES') throw error
	}
}

async function isThere(disk: Disk, path: string): Promise<boolean> {
	return disk.lookThrough(path).then(
		() => true,
		() => false,
	)
}
