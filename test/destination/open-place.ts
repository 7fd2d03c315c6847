import process from 'node:process'
import { isDownloadError } from '../../src/base/errors.ts'
import { destinationIn, newFile } from './disk.ts'

export interface Wanted {
	readonly directory: string
	readonly urlDigest: string
	readonly bytes?: number
	/** Whose rights it has from here on; the project's own files are read by now. */
	readonly uid?: number
}

// Opens each place that an argument asks for, says what came of them, and holds them until standard input ends.
const opened: unknown[] = []
for (const argument of process.argv.slice(2)) {
	const { directory, uid, ...wanted } = JSON.parse(argument) as Wanted
	if (uid !== undefined) process.seteuid?.(uid)
	try {
		opened.push({ path: (await destinationIn(directory).open(newFile(wanted))).path })
	} catch (error) {
		if (!isDownloadError(error)) throw error
		const { code, details, hint } = error
		opened.push({ code, details, hint })
	}
}
console.log(JSON.stringify(opened))
process.stdin.resume()
