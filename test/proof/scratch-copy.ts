import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A place in the sources, and what stands there instead. */
export interface Change {
	/** From the project's root. */
	readonly file: string
	/** Stands there exactly once. */
	readonly find: string
	readonly replace: string
}

/** Runs `work` in a copy of the project in which `change` was made, if there is one, and deletes the copy. */
export async function withScratchCopy<T>(change: Change | undefined, work: (root: string) => Promise<T>): Promise<T> {
	const copy = await mkdtemp(join(tmpdir(), 'skein-planted-'))
	try {
		for (const part of ['src', 'test', 'package.json', 'tsconfig.json'])
			await cp(join(root, part), join(copy, part), { recursive: true })
		for (const part of ['node_modules', 'dist']) await symlink(join(root, part), join(copy, part))
		if (change !== undefined) await makeChange(join(copy, change.file), change)
		return await work(copy)
	} finally {
		await rm(copy, { recursive: true, force: true })
	}
}

async function makeChange(path: string, { file, find, replace }: Change): Promise<void> {
	const source = await readFile(path, 'utf8')
	const places = source.split(find).length - 1
	if (places !== 1) throw new Error(`${file} has ${places} places that read ${JSON.stringify(find)}, not one`)
	await writeFile(
		path,
		source.replace(find, () => replace),
	)
}
