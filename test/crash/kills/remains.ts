import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** How far a run had come when it died, by what lies in its folder. */
export const stages = [
	'nothing',
	'a .part without its length',
	'a .part without a journal',
	'a .part and its journal',
	'two names for one file',
	'the file, and what is to be tidied',
	'the file',
] as const

export type Stage = (typeof stages)[number]

/** What a download may leave under its final name. */
export interface Truth {
	readonly name: string
	readonly body: Uint8Array
	/** What had the name before, and may have it until the new one is whole. */
	readonly earlier: Uint8Array | undefined
}

export interface Remains {
	readonly stage: Stage
	/** Final names that hold the right bytes. */
	readonly right: readonly string[]
	readonly orphans: readonly string[]
	/** A `.part`, a journal, or a journal that was being written anew. */
	readonly unfinished: readonly string[]
}

/** Looks into the folder of a download. Throws where a final name holds anything but one whole version. */
export async function remainsIn(folder: string, truth: Truth): Promise<Remains> {
	const names = await readdir(folder)
	const unfinished = names.filter(name => /\.part(\.journal(\.new)?)?$/.test(name))
	const orphans = names.filter(name => /\.part\.orphan(\.\d+)?$/.test(name))
	const right: string[] = []
	for (const name of names) {
		if (unfinished.includes(name) || orphans.includes(name)) continue
		if (await isNew(join(folder, name), truth)) right.push(name)
	}
	return { stage: await stageOf(folder, unfinished, right.length > 0), right, orphans, unfinished }
}

async function isNew(path: string, { name, body, earlier }: Truth): Promise<boolean> {
	const content = await readFile(path)
	if (content.equals(body)) return true
	if (earlier !== undefined && path.endsWith(`/${name}`) && content.equals(earlier)) return false
	throw new Error(`Wrong bytes under a final name: ${path} has ${content.length} bytes of ${body.length}`)
}

async function stageOf(folder: string, unfinished: readonly string[], named: boolean): Promise<Stage> {
	const part = unfinished.find(name => name.endsWith('.part'))
	if (part === undefined) {
		if (!named) return 'nothing'
		return unfinished.length > 0 ? 'the file, and what is to be tidied' : 'the file'
	}
	const { size, nlink } = await stat(join(folder, part))
	if (nlink > 1) return 'two names for one file'
	if (size === 0) return 'a .part without its length'
	return unfinished.some(name => name.endsWith('.journal')) ? 'a .part and its journal' : 'a .part without a journal'
}
