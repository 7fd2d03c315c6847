import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { mkdtemp, realpath, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** `zeros`: a disk on which zeros take no place, so that a file of them may be larger than this machine. */
export type PlaceName = 'disk' | 'tmpfs' | 'zeros'

/** Where targets are written. */
export interface Place extends Disposable {
	readonly folder: string
}

/** A new folder with nothing in it; removed with all that is in it, at an exit in the middle too. */
export async function temporaryFolder(
	parent: string,
	name: string,
): Promise<AsyncDisposable & { readonly path: string }> {
	const path = await mkdtemp(join(await realpath(parent), `skein-bench-${name}-`))
	const options = { recursive: true, force: true, maxRetries: 3 }
	const remove = (): void => rmSync(path, options)
	process.on('exit', remove)
	return {
		path,
		async [Symbol.asyncDispose]() {
			await rm(path, options)
			process.off('exit', remove)
		},
	}
}

/** What `statfs` says of a tmpfs. */
const tmpfsMagic = 0x01021994

/** Throws where this machine has no such place, or this user may not make it. */
export async function openPlace(name: PlaceName): Promise<Place> {
	if (name === 'zeros') return mountZeros()
	return { folder: await (name === 'tmpfs' ? memoryFolder() : diskFolder()), [Symbol.dispose]() {} }
}

/** Where temporary files go to a disk: on some machines the usual folder is memory. */
export async function diskFolder(): Promise<string> {
	return (await isMemory(tmpdir())) ? '/var/tmp' : tmpdir()
}

/** Rejects where this machine has none. */
export async function memoryFolder(): Promise<string> {
	const folder = '/dev/shm'
	if (!(await isMemory(folder))) throw new Error(`${folder} is no tmpfs here`)
	return folder
}

async function isMemory(folder: string): Promise<boolean> {
	const { type } = await statfs(folder)
	return type === tmpfsMagic
}

/** The kernel's compressed memory as a disk: of a page of zeros it keeps only that it is one. */
function mountZeros(): Place {
	const device = run('zramctl', '--find', '--size', '80G')
	const folder = mkdtempSync(join(tmpdir(), 'skein-bench-zeros-'))
	let isMounted = false
	const remove = (): void => {
		process.off('exit', remove)
		if (isMounted) unmount(folder)
		rmdirSync(folder)
		run('zramctl', '--reset', device)
	}
	process.on('exit', remove)
	try {
		run('mkfs.ext4', '-q', '-O', '^has_journal', device)
		run('mount', device, folder)
		isMounted = true
	} catch (error) {
		remove()
		throw error
	}
	return { folder, [Symbol.dispose]: remove }
}

/** A client that was killed a moment ago may hold it for another one. */
function unmount(folder: string): void {
	for (let tries = 50; ; tries--) {
		try {
			run('umount', folder)
			return
		} catch (error) {
			if (tries === 0) throw error
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
		}
	}
}

function run(command: string, ...args: readonly string[]): string {
	return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}
