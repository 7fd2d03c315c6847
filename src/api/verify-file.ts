import { DownloadError } from '../base/errors.ts'
import { type Digest, parseChecksum } from '../model/digest.ts'
import { hashFile, readFailure } from '../verify/file-reading.ts'
import { createHashers } from '../verify/hashers.ts'
import { systemDisk } from './system.ts'

export interface VerifiedFile {
	readonly bytes: number
	readonly digest: Digest
}

/**
 * Checks a file against `ALGORITHM=HEX` or `sha256-BASE64`. `onProgress` hears how many bytes have been read.
 *
 * Rejects with E_USAGE (no such checksum), E_IO (the file cannot be read) or E_CHECKSUM (it is another file).
 */
export async function verifyFile(
	path: string,
	checksum: string,
	onProgress: (bytesDone: number, bytesTotal: number) => void = () => {},
): Promise<VerifiedFile> {
	const wanted = parseChecksum(checksum)
	const { bytes, value } = await digestOf(path, wanted.algorithm, onProgress).catch(error => {
		throw readFailure(path, error)
	})
	if (value !== wanted.value) throw mismatch(path, wanted, value)
	return { bytes, digest: wanted }
}

async function digestOf(
	path: string,
	algorithm: Digest['algorithm'],
	onProgress: (bytesDone: number, bytesTotal: number) => void,
): Promise<{ bytes: number; value: string | undefined }> {
	const hashers = createHashers([algorithm])
	const file = await systemDisk.open(await systemDisk.realPath(path), 'read')
	try {
		const { bytes: size } = await file.look()
		const bytes = await hashFile(file, hashers, Number.POSITIVE_INFINITY, done => {
			onProgress(done, size)
			return true
		})
		return { bytes, value: hashers.digests().get(algorithm) }
	} finally {
		await file.close()
	}
}

function mismatch(path: string, wanted: Digest, found: string | undefined): DownloadError {
	const message = `${path} has ${wanted.algorithm} ${found}, expected ${wanted.value}`
	return new DownloadError('E_CHECKSUM', message, {
		details: { algorithm: wanted.algorithm, expected: wanted.value, found },
		hint: 'The file is damaged, or it is another version than the one that the checksum was made of.',
	})
}
