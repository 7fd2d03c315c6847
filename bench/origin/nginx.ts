import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startNginx } from '../../test/support/nginx.ts'
import type { Original } from '../original.ts'
import { diskFolder, memoryFolder, temporaryFolder } from '../places.ts'
import { writeContent, writeSparse } from './content.ts'

/** What nginx serves: as much as the machine gives, where nothing else is said. */
export interface NginxSpec {
	/** Default: plain. */
	readonly tls?: boolean
	/** The lengths of the files into which the content is cut. Default: one file. */
	readonly files?: readonly number[]
	/** Zeros that take no place on the disk; they are not compared. */
	readonly sparse?: boolean
	/** Bytes a second for each connection. Default: no limit. */
	readonly perConnection?: number
}

/** Files that nginx serves. */
export interface ServedByNginx extends AsyncDisposable {
	/** In the order of the content. */
	readonly urls: readonly string[]
	/** The same. */
	readonly originals: readonly Original[]
	/** A PEM file that TLS needs to be trusted; undefined where it is plain. */
	readonly ca: string | undefined
	/** A file with all URLs, one a line. */
	readonly list: string
}

/** `host` is where the client will look for it; default: loopback. */
export async function serveByNginx(bytes: number, spec: NginxSpec, host?: string): Promise<ServedByNginx> {
	const folder = await temporaryFolder(await folderOfSources(spec.sparse === true), 'nginx')
	try {
		const root = join(folder.path, 'root')
		const originals = await writeFiles(root, spec.files ?? [bytes], spec.sparse === true)
		const nginx = await startNginx({
			root,
			...(host === undefined ? {} : { host }),
			bytesPerSecond: spec.perConnection ?? 0,
			connections: 8192,
			// The default of 1,000 would have clients connect anew in the middle of many small files.
			http: 'keepalive_requests 1000000;',
		})
		const origin = spec.tls ? nginx.tlsOrigin : nginx.origin
		const urls = originals.map(({ name }) => `${origin}/${name}`)
		const [ca, list] = [join(folder.path, 'ca.pem'), join(folder.path, 'list')]
		await Promise.all([writeFile(ca, nginx.ca), writeFile(list, urls.map(url => `${url}\n`).join(''))])
		return {
			urls,
			originals,
			ca: spec.tls ? ca : undefined,
			list,
			async [Symbol.asyncDispose]() {
				await nginx.close()
				await folder[Symbol.asyncDispose]()
			},
		}
	} catch (error) {
		await folder[Symbol.asyncDispose]()
		throw error
	}
}

/**
 * Memory, where there is such a folder: a file on a disk may have left the system's memory by the next run, and then it is the
 * server's disk that is measured. Not for what is larger than the memory.
 */
async function folderOfSources(isLarge: boolean): Promise<string> {
	return isLarge ? await diskFolder() : await memoryFolder().catch(diskFolder)
}

async function writeFiles(root: string, lengths: readonly number[], sparse: boolean): Promise<Original[]> {
	await mkdir(root, { recursive: true })
	const originals: Original[] = []
	let from = 0
	for (const [index, bytes] of lengths.entries()) {
		const name = lengths.length === 1 ? 'file.bin' : `${index}.bin`
		const path = join(root, name)
		await (sparse ? writeSparse(path, bytes) : writeContent(path, from, bytes))
		originals.push({ name, bytes, content: sparse ? 'zeros' : { path } })
		from += bytes
	}
	return originals
}
