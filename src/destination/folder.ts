import { mkdir, realpath } from 'node:fs/promises'
import { basename, join } from 'node:path'
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
			await mkdir(this.#path, { recursive: true })
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
