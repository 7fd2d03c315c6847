import { DownloadError } from './errors.ts'

/** What the system says when there is no more room: on the disk, in the user's quota, or within one file (FAT32, `ulimit -f`). */
const noRoom: Readonly<Record<string, string>> = {
	ENOSPC: 'Free some space, then run the same command again.',
	EDQUOT: 'The disk quota is used up. Free some of it, then run the same command again.',
	EFBIG: 'This file system, or a limit of this shell (ulimit -f), allows no file of that size. Choose another folder.',
}

const hints: Readonly<Record<string, string>> = {
	EACCES: 'Check who may write there, or choose another folder with --dir.',
	EPERM: 'Check who may write there, or choose another folder with --dir.',
	EROFS: 'The file system is read-only. Choose another folder with --dir.',
	ENOTDIR: 'A part of the path is a file. Choose another folder with --dir.',
	ENAMETOOLONG: 'Choose a shorter name with --output.',
	EMFILE: 'Too many files are open. Raise the limit (ulimit -n), or run fewer downloads at once.',
	EIO: 'The disk reports a fault. Look at the system log.',
}

/** The code of a system error (`ENOENT` …); undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
	const code = (error as { code?: unknown } | null | undefined)?.code
	return typeof code === 'string' ? code : undefined
}

/** Whether the system says that there is no more room. */
export const isNoRoom = (code: string | undefined): boolean => code !== undefined && code in noRoom

/**
 * A failed operation on the disk as a `DownloadError`: E_NO_SPACE where room was wanting, E_IO for all else, with the
 * system's `code` and `syscall` in the details. An error that is one of ours already passes unchanged.
 *
 * @param action what failed, as the beginning of a sentence: `Cannot write /data/a.part`
 */
export function diskError(error: unknown, action: string): DownloadError {
	if (error instanceof DownloadError) return error
	const code = errnoOf(error) ?? 'UNKNOWN'
	const { syscall } = error as { syscall?: unknown }
	const details = { code, syscall: typeof syscall === 'string' ? syscall : undefined }
	const hint = noRoom[code]
	if (hint !== undefined)
		return new DownloadError('E_NO_SPACE', `${action}: no room (${code})`, { details, hint, cause: error })
	return new DownloadError('E_IO', `${action} (${code})`, { details, hint: hints[code], cause: error })
}
