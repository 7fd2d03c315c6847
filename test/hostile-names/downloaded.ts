import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createClient } from '../../src/api/client.ts'
import { isDownloadError } from '../../src/base/errors.ts'
import { startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'
import type { HostileName } from './names.ts'
import { whyUnsafe } from './safe-component.ts'
import type { Way } from './ways.ts'

export interface Named {
	readonly name: HostileName
	readonly way: Way
}

/** At once; each waits for the disk most of its time. */
const lanes = 8

/**
 * Downloads a file under each of the names into one folder, from a real server. Throws where one has another name than a
 * safe one, other bytes than its own, or where anything appears that is not one of them.
 *
 * @returns how many there are; the others could not even be sent in a field, and were refused as E_PROTOCOL
 */
export async function downloadAll(all: readonly Named[]): Promise<number> {
	await using outer = await tempDir()
	const folder = join(outer.path, 'deep', 'inside')
	await mkdir(folder, { recursive: true })
	await writeFile(join(outer.path, 'evil'), 'was here before')
	const before = await everythingIn(outer.path, folder)
	const paths = await download(all, folder)
	const after = await everythingIn(outer.path, folder)
	if (after !== before) throw new Error(`Something appeared outside of the folder:\n${before}\n${after}`)
	await checkFiles(paths, folder)
	return paths.size
}

/** Paths, each with the index of what was downloaded there. */
async function download(all: readonly Named[], folder: string): Promise<ReadonlyMap<string, number>> {
	await using origin = await startOrigin({
		body: Buffer.alloc(0),
		answer: ({ headers }) => {
			const index = Number(headers['x-index'])
			const disposition = all[index]?.way.disposition(all[index].name)
			return {
				content: contentOf(index),
				headers: disposition === undefined ? {} : { 'Content-Disposition': disposition },
			}
		},
	})
	const paths = new Map<string, number>()
	const client = createClient()
	const queue = all.entries()
	const work = async (): Promise<void> => {
		for (const [index, named] of queue) {
			// Each its own address: two downloads of one at once would be in each other's way.
			const url = origin.url(`${named.way.path(named.name)}?query=/../${index}`)
			const path = await downloadOne(client, url, folder, index, named)
			if (path !== undefined) paths.set(path, index)
		}
	}
	try {
		await Promise.all(Array.from({ length: lanes }, work))
	} finally {
		await client.close()
	}
	return paths
}

async function downloadOne(
	client: ReturnType<typeof createClient>,
	url: string,
	folder: string,
	index: number,
	{ name, way }: Named,
): Promise<string | undefined> {
	try {
		const { path } = await client.download(url, { to: `${folder}/`, headers: { 'X-Index': String(index) } })
		return path ?? undefined
	} catch (error) {
		// A field cannot hold these, and whoever finds one in a head may not go on reading (RFC 9110 §5.5).
		const sendable = !/(?!\t|[\x80-\x9f])\p{Cc}/u.test(way.disposition(name) ?? '')
		if (!sendable && isDownloadError(error, 'E_PROTOCOL')) return undefined
		throw new Error(`${way.name} ${JSON.stringify(name.bytes.slice(0, 80))}`, { cause: error })
	}
}

const contentOf = (index: number): Buffer => Buffer.from(`the content of ${index}`)

/** What there is beside the folder, up to the outermost one. */
async function everythingIn(outer: string, folder: string): Promise<string> {
	const entries = await readdir(outer, { recursive: true, withFileTypes: true })
	const beside = entries.filter(entry => entry.parentPath !== folder && !entry.parentPath.startsWith(`${folder}/`))
	return beside
		.map(entry => join(entry.parentPath, entry.name))
		.sort()
		.join('\n')
}

async function checkFiles(paths: ReadonlyMap<string, number>, folder: string): Promise<void> {
	const there = (await readdir(folder)).sort()
	const named = [...paths.keys()].map(path => basename(path)).sort()
	if (there.join('\n') !== named.join('\n')) throw new Error('The folder holds other files than those that were named')
	for (const [path, index] of paths) {
		const danger = whyUnsafe(basename(path))
		if (dirname(path) !== folder) throw new Error(`${path} is not in the folder`)
		if (danger !== undefined) throw new Error(`${JSON.stringify(basename(path))} ${danger}`)
		if (!(await readFile(path)).equals(contentOf(index))) throw new Error(`${path} has the bytes of another file`)
	}
}
