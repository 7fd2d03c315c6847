import { mkdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { diskError, errnoOf } from '../base/disk-error.ts'

/** The folder that a destination's files are in. */
export class Folder {
	readonly #path: string
	/** Its path without symbolic links, once it is known to be there. */
	#realPath: string | undefined

	constructor(path: string) {
		this.#path = path
	}

	async exists(): Promise<boolean> {
		try {
			this.#realPath ??= await realpath(this.#path)
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
			await makeWithParents(this.#path)
		} catch (error) {
			throw diskError(error, `Cannot make the folder ${this.#path}`)
		}
		await this.exists()
	}

	/** The one path of a file in it, by whatever links the folder is reached. */
	async canonical(path: string): Promise<string> {
		return join(this.#realPath ?? (await realpath(this.#path)), basename(path))
	}
}

/** Node's own `recursive` never ends where a folder that is there takes no others and says ENOENT, as those of /proc do. */
async function makeWithParents(path: string): Promise<void> {
	try {
		await mkdir(path)
	} catch (error) {
		const code = errnoOf(error)
		if (code === 'EEXIST' && (await stat(path)).isDirectory()) return
		if (code !== 'ENOENT' || (await isThere(dirname(path)))) throw error
		await makeWithParents(dirname(path))
		await mkdir(path)
	}
}

async function isThere(path: string): Promise<boolean> {
	return stat(path).then(
		() => true,
		() => false,
	)
}
