import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TempDir extends AsyncDisposable {
	/** Absolute, without symbolic links in it. */
	readonly path: string
}

/** An empty folder, removed with all that is in it at the end of an `await using`. */
export async function tempDir(): Promise<TempDir> {
	const path = await mkdtemp(join(await realpath(tmpdir()), 'skein-test-'))
	return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}
