import { randomUUID } from 'node:crypto'
import { Claims } from '../../src/destination/claims.ts'
import type { Destination, NewFile, Place, UrlIdentity } from '../../src/destination/contract.ts'
import { createFileDestination, type FileDestinationOptions } from '../../src/destination/file.ts'
import type { Disk } from '../../src/disk/contract.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import { pseudoRandom } from '../support/body.ts'

/** Above the size up to which files have no journal. */
export const largeBytes: number = 5 * 1024 * 1024

export const body: Buffer = pseudoRandom(largeBytes)

export const here: UrlIdentity = { url: 'https://example.org/file.bin', urlDigest: 'aa'.repeat(32) }
export const elsewhere: UrlIdentity = { url: 'https://example.net/file.bin', urlDigest: 'bb'.repeat(32) }

export const systemDisk: Disk = createSystemDisk()

/** Shared by all destinations, as in the product. */
const processClaims = new Claims()

export interface NoticingTarget extends Destination {
	readonly notices: string[]
}

export function destinationIn(directory: string, options: Partial<FileDestinationOptions> = {}): NoticingTarget {
	const notices: string[] = []
	const destination = createFileDestination({
		disk: systemDisk,
		claims: processClaims,
		nonce: randomUUID,
		directory,
		fixedName: undefined,
		ifExists: 'rename',
		fresh: false,
		sync: false,
		notice: message => notices.push(message),
		...options,
	})
	return Object.assign(destination, { notices })
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
export async function openPlace(destination: Destination, file: NewFile): Promise<Place> {
	const place = await destination.open(file)
	if (place.kind !== 'place') throw new Error(`Expected a place, got ${place.path}`)
	return place
}

/** Writes content whole and publishes it. */
export async function finish(place: Place, content: Uint8Array = body): Promise<string | undefined> {
	await place.sink.write(0, content, { crc: false })
	return (await place.sink.publish(content.length)).path
}
