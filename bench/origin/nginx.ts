import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pseudoRandom } from '../../test/support/body.ts'
import { startNginx } from '../../test/support/nginx.ts'
import { tempDir } from '../../test/support/temp-dir.ts'
import { nameOfFile, piecesOf } from './pieces.ts'
import type { OriginSpec } from './spec.ts'

/** What nginx serves on loopback: as much as the machine gives. */
export interface NginxSpec {
	/** Default: plain. */
	readonly tls?: boolean
	/** The lengths of the files into which the content is cut. Default: one file. */
	readonly files?: readonly number[]
}

/** Files that nginx serves. */
export interface ServedByNginx extends AsyncDisposable {
	/** In the order of the content. */
	readonly urls: readonly string[]
	/** A PEM file that TLS needs to be trusted; undefined where it is plain. */
	readonly ca: string | undefined
	/** A file with all URLs, one a line. */
	readonly list: string
}

export async function serveByNginx({ bytes, version = 1 }: OriginSpec, spec: NginxSpec): Promise<ServedByNginx> {
	const folder = await tempDir()
	const nginx = await startNginx({
		root: join(folder.path, 'root'),
		// The default of 1,000 would have clients connect anew in the middle of many small files.
		http: 'keepalive_requests 1000000;',
	})
	const stop = async (): Promise<void> => {
		await nginx.close()
		await folder[Symbol.asyncDispose]()
	}
	try {
		const names = await writeFiles(nginx.root, pseudoRandom(bytes, version), spec.files ?? [bytes])
		const origin = spec.tls ? nginx.tlsOrigin : nginx.origin
		const urls = names.map(name => `${origin}/${name}`)
		const [ca, list] = [join(folder.path, 'ca.pem'), join(folder.path, 'list')]
		await Promise.all([writeFile(ca, nginx.ca), writeFile(list, urls.map(url => `${url}\n`).join(''))])
		return { urls, ca: spec.tls ? ca : undefined, list, [Symbol.asyncDispose]: stop }
	} catch (error) {
		await stop()
		throw error
	}
}

async function writeFiles(root: string, content: Buffer, lengths: readonly number[]): Promise<string[]> {
	await mkdir(root, { recursive: true })
	const pieces = piecesOf(content, lengths)
	for (const [index, piece] of pieces.entries()) await writeFile(join(root, nameOfFile(index)), piece)
	return pieces.map((_, index) => nameOfFile(index))
}
