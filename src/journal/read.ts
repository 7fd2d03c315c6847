import { diskError, errnoOf } from '../base/disk-error.ts'
import type { Disk } from '../disk/contract.ts'
import { Descriptor } from '../disk/descriptor.ts'
import { decodeJournal } from './codec.ts'
import type { JournalHeader, JournalState } from './contract.ts'

/** Compaction keeps journals near 1 MiB; what is longer than this is read up to here, and that is a prefix like any other. */
const longestBytes = 64 * 1024 * 1024

/** Room for a URL and validators of any length that a server can have sent. */
const longestHeaderBytes = 256 * 1024

/** What the journal at `path` says; undefined where there is none that can be read. Rejects with E_IO. */
export function readJournal(disk: Disk, path: string): Promise<JournalState | undefined> {
	return readPrefix(disk, path, longestBytes)
}

/** The header alone, whoever is writing to the journal meanwhile. */
export async function readJournalHeader(disk: Disk, path: string): Promise<JournalHeader | undefined> {
	return (await readPrefix(disk, path, longestHeaderBytes))?.header
}

async function readPrefix(disk: Disk, path: string, limitBytes: number): Promise<JournalState | undefined> {
	const descriptor = await openToRead(disk, path)
	if (descriptor === undefined) return undefined
	try {
		const { kind, bytes } = await descriptor.look()
		if (kind !== 'file') return undefined
		const content = Buffer.allocUnsafe(Math.min(bytes, limitBytes))
		return decodeJournal(content.subarray(0, await descriptor.read(0, content)))
	} finally {
		await descriptor.close()
	}
}

/** Undefined for a symbolic link too: it is never followed. */
async function openToRead(disk: Disk, path: string): Promise<Descriptor | undefined> {
	try {
		return new Descriptor(await disk.open(path, 'read'), path)
	} catch (error) {
		if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ELOOP') return undefined
		throw diskError(error, `Cannot open ${path}`)
	}
}
