import { DownloadError } from '../base/errors.ts'

/** A `.part` that one download of this process works on, or looks at. */
export interface Claim {
	release(): void
}

/** By path without symbolic links, with the digest of the URL. One for the process, because the files are. */
const claimed = new Map<string, string>()

/** Claims `path` against the other downloads of this process; undefined when another URL has it. Throws E_LOCKED for the same. */
export function claim(path: string, urlDigest: string): Claim | undefined {
	const holder = claimed.get(path)
	if (holder === urlDigest) throw lockedError(path)
	if (holder !== undefined) return undefined
	claimed.set(path, urlDigest)
	let released = false
	return {
		release() {
			if (!released) claimed.delete(path)
			released = true
		},
	}
}

export function lockedError(part: string): DownloadError {
	return new DownloadError('E_LOCKED', `Another download of this URL is at work on ${part}`, {
		details: { path: part },
		hint: 'Wait for it, or choose another name with --output.',
	})
}
