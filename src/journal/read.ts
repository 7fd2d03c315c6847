import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { diskError, errnoOf } from '../base/disk-error.ts'
import { decodeJournal } from './codec.ts'
import type { JournalHeader, JournalState } from './contract.ts'

/** Compaction keeps journals near 1 MiB; what is longer than this is read up to here, and that is a prefix like any other. */
const longestBytes = 64 * 1024 * 1024

/** Room for a URL and validators of any length that a server can have sent. */
const longestHeaderBytes = 256 * 1024

/** What the journal at `path` says; undefined where there is none that can be read. Rejects with E_IO. */
export function readJournal(path: string): Promise<JournalState | undefined> {
	return readPrefix(path, longestBytes)
}

/** The header alone, whoever is writing to the journal meanwhile. */
export async function readJournalHeader(path: string): Promise<JournalHeader | undefined> {
	return (await readPrefix(path, longestHeaderBytes))?.header
}

async function readPrefix(path: string, limitBytes: number): Promise<JournalState | undefined> {
	const file = await openRegular(path)
	if (file === undefined) return undefined
	try {
		const size = Math.min((await file.stat()).size, limitBytes)
		return decodeJournal(await readUpTo(file, size))
	} catch (error) {
		throw diskError(error, `Cannot read ${path}`)
	} finally {
		await file.close()
	}
}

/** Undefined for a symbolic link too: it is never followed. A pipe must not make us wait for its other end. */
async function openRegular(path: string): Promise<FileHandle | undefined> {
	try {
		const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
		if ((await file.stat()).isFile()) return file
		await file.close()
		return undefined
	} catch (error) {
		if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ELOOP') return undefined
		throw diskError(error, `Cannot open ${path}`)
	}
}

async function readUpTo(file: FileHandle, bytes: number): Promise<Uint8Array> {
	const content = Buffer.allocUnsafe(bytes)
	let done = 0
	while (done < bytes) {
		const { bytesRead } = await file.read(content, done, bytes - done, done)
		if (bytesRead === 0) break
		done += bytesRead
	}
	return content.subarray(0, done)
}
