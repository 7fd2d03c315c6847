import { resolve } from 'node:path'
import { formatBytes } from '../../base/bytes.ts'
import type { Environment } from '../environment.ts'
import { displayPath } from '../render/result.ts'
import type { Typed } from '../typed.ts'
import { usageError } from '../usage-error.ts'

/** Checks a file that is there and resolves with 0; throws E_CHECKSUM where it is another. */
export async function verify(file: string, typed: Typed, environment: Environment): Promise<number> {
	const { checksum } = typed.download
	if (checksum === undefined) {
		throw usageError('`skein verify` needs a digest to check against', 'Add `--checksum sha256=HEX`.')
	}
	const path = resolve(environment.folder, file)
	const { bytes, digest } = await environment.verifyFile(path, checksum)
	if (!typed.quiet) {
		const name = displayPath(path, environment.folder)
		environment.stdout.write(`${name}: ${digest.algorithm} verified, ${formatBytes(bytes)}\n`)
	}
	return 0
}
