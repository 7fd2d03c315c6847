import { diskError, errnoOf } from '../base/disk-error.ts'
import type { Disk } from '../disk/contract.ts'
import { Descriptor } from '../disk/descriptor.ts'
import { look } from '../disk/names.ts'
import { decodeHeader, decodeJournal } from './codec.ts'
import type { JournalHeader, JournalState } from './contract.ts'

/** Compaction keeps journals near 1 MiB; what is longer than this is read up to here, and that is a prefix like any other. */
const longestBytes = 64 * 1024 * 1024

/** Room for a URL and validators of any length that a server can have sent. */
const longestHeaderBytes = 256 * 1024

/** Most headers are of some hundred bytes: no more than these is read of a journal to find its owner. */
const usualHeaderBytes = 4 * 1024

/** What the journal at `path` says; undefined where there is none that can be read. Rejects with E_IO. */
export async function readJournal(disk: Disk, path: string): Promise<JournalState | undefined> {
	return await withJournal(disk, path, async (file, bytes) => decodeJournal(await prefixOf(file, bytes, longestBytes)))
}

/** The header alone, as it was begun, whoever is writing to the journal meanwhile: a checkpoint asks it whose the file is. */
export async function readJournalHeader(disk: Disk, path: string): Promise<JournalHeader | undefined> {
	return await withJournal(disk, path, async (file, bytes) => {
		const header = decodeHeader(await prefixOf(file, bytes, usualHeaderBytes))
		if (header !== undefined || bytes <= usualHeaderBytes) return header
		return decodeHeader(await prefixOf(file, bytes, longestHeaderBytes))
	})
}

async function withJournal<T>(
	disk: Disk,
	path: string,
	read: (file: Descriptor, bytes: number) => Promise<T>,
): Promise<T | undefined> {
	const descriptor = await openToRead(disk, path)
	if (descriptor === undefined) return undefined
	try {
		const { kind, bytes } = await descriptor.look()
		return kind === 'file' ? await read(descriptor, bytes) : undefined
	} finally {
		await descriptor.close()
	}
}

async function prefixOf(file: Descriptor, bytes: number, limitBytes: number): Promise<Uint8Array> {
	const content = Buffer.allocUnsafe(Math.min(bytes, limitBytes))
	return content.subarray(0, await file.read(0, content))
}

/** Undefined for a symbolic link too: it is never followed. Mostly there is nothing, and to look costs less than to fail. */
async function openToRead(disk: Disk, path: string): Promise<Descriptor | undefined> {
	if ((await look(disk, path)) === undefined) return undefined
	try {
		return new Descriptor(await disk.open(path, 'read'), path)
	} catch (error) {
		if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ELOOP') return undefined
		throw diskError(error, `Cannot open ${path}`)
	}
}
