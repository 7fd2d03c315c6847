import type { LocalFolders } from './local-folders.ts'
import type { PromptCalls } from './prompt-calls.ts'

/** How Node tells what came of a call. It may tell more than one value; the first is the one that counts. */
export type Settle<T> = (error: Error | null, value?: T) => void

/** Makes system calls: by the event loop where they are prompt, by a thread of the pool where they may not be. */
export class Calls {
	/** Of all files together: they may share a disk, and they share the event loop. */
	readonly #prompt: PromptCalls | undefined
	readonly #local: Pick<LocalFolders, 'has'>

	constructor(prompt: PromptCalls | undefined, local: Pick<LocalFolders, 'has'>) {
		this.#prompt = prompt
		this.#local = local
	}

	/** Makes a call on what lies in `folder`, in one of its two forms. */
	async make<T>(folder: string, now: () => T, later: (settle: Settle<T>) => void): Promise<T> {
		const prompt = this.#prompt
		return prompt?.expected && this.#local.has(folder) ? prompt.make(now) : inPool(later)
	}
}

/** One promise for a call of the pool. */
export function inPool<T>(begin: (settle: Settle<T>) => void): Promise<T> {
	return new Promise((resolve, reject) => {
		begin((error, value) => (error ? reject(error) : resolve(value as T)))
	})
}
