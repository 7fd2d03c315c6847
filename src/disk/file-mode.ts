import { readFileSync } from 'node:fs'
import process from 'node:process'

let known: number | undefined

/** The mode of a finished file, as if it had been created by a plain `open`: 0666 without what the user's umask takes. */
export function finishedMode(): number {
	known ??= 0o666 & ~umask()
	return known
}

/** `process.umask()` sets the mask to 0 for a moment, for every thread that creates a file just then: asked only where Linux does not tell. */
function umask(): number {
	try {
		const line = /^Umask:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))
		if (line?.[1] !== undefined) return Number.parseInt(line[1], 8)
	} catch {
		// Not Linux.
	}
	return process.umask()
}
