import { isAbsolute, join } from 'node:path'
import process from 'node:process'

/** Where programs keep what they can do without (XDG Base Directory Specification); undefined where nothing says. */
export function cacheFolder(): string | undefined {
	const { XDG_CACHE_HOME: given = '', HOME: home = '' } = process.env
	// A relative path is to be ignored.
	if (isAbsolute(given)) return given
	return isAbsolute(home) ? join(home, '.cache') : undefined
}
