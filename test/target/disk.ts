import type { NewFile, Place, Target, UrlIdentity } from '../../src/target/contract.ts'
import { createFileTarget, type FileTargetOptions } from '../../src/target/file.ts'
import { pseudoRandom } from '../support/body.ts'

/** Above the size up to which files have no journal. */
export const largeBytes: number = 5 * 1024 * 1024

export const body: Buffer = pseudoRandom(largeBytes)

export const here: UrlIdentity = { url: 'https://example.org/file.bin', urlDigest: 'aa'.repeat(32) }
export const elsewhere: UrlIdentity = { url: 'https://example.net/file.bin', urlDigest: 'bb'.repeat(32) }

export interface NoticingTarget extends Target {
	readonly notices: string[]
}

export function targetIn(directory: string, options: Partial<FileTargetOptions> = {}): NoticingTarget {
	const notices: string[] = []
	const target = createFileTarget({
		directory,
		fixedName: undefined,
		ifExists: 'rename',
		fresh: false,
		sync: false,
		notice: message => notices.push(message),
		...options,
	})
	return Object.assign(target, { notices })
}

/** A file of known size and strong ETag, large enough for a journal unless said otherwise. */
export function newFile(options: Partial<NewFile> = {}): NewFile {
	return {
		...here,
		name: 'file.bin',
		bytes: largeBytes,
		identity: { etag: '"1"', lastModified: undefined, date: undefined },
		resumable: true,
		...options,
	}
}

/** Opens what must be a place. */
export async function openPlace(target: Target, file: NewFile): Promise<Place> {
	const place = await target.open(file)
	if (place.kind !== 'place') throw new Error(`Expected a place, got ${place.path}`)
	return place
}

/** Writes content whole and publishes it. */
export async function finish(place: Place, content: Uint8Array = body): Promise<string | undefined> {
	await place.sink.write(0, content, { crc: false })
	return (await place.sink.publish(content.length)).path
}
