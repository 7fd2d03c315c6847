import { execFile, execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tempDir } from '../../support/temp-dir.ts'

const run = promisify(execFile)

/** A file system of its own, taken away at the end of an `await using`. */
export interface Mount extends AsyncDisposable {
	readonly path: string
	/** As `mount -o remount,…`. */
	remount(options: string): Promise<void>
	/** As `umount`; lazily: at once from the path, and from the machine when nothing uses it any more. */
	unmount(lazily?: 'lazily'): Promise<void>
	/** Unmounts where it is still mounted, and mounts the same again: an ext4 reads its journal then. */
	mountAgain(): Promise<void>
}

export async function mountTmpfs(bytes: number): Promise<Mount> {
	const folder = await tempDir()
	return mountAt(folder.path, ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs'], async () =>
		folder[Symbol.asyncDispose](),
	)
}

/** A new ext4 in an image file, by a loop device. */
export async function mountExt4(bytes: number): Promise<Mount> {
	const folder = await tempDir()
	const image = join(folder.path, 'image')
	await makeExt4(image, bytes)
	const path = join(folder.path, 'mounted')
	await mkdir(path)
	return mountAt(path, ['-o', 'loop', image], async () => folder[Symbol.asyncDispose]())
}

/** What can be read at `of`, at another path where nothing can be written. */
export async function mountReadOnly(of: string): Promise<Mount> {
	const folder = await tempDir()
	return mountAt(folder.path, ['-o', 'bind,ro', of], async () => folder[Symbol.asyncDispose]())
}

/** Mounts an image that is there already. */
export function mountImage(image: string, path: string): Promise<Mount> {
	return mountAt(path, ['-o', 'loop', image], async () => {})
}

export async function makeExt4(image: string, bytes: number): Promise<void> {
	await run('truncate', ['-s', String(bytes), image])
	await run('mkfs.ext4', ['-q', '-F', image])
}

/** Whether this machine lets us mount, images too; a container often does not. */
export function mayMount(): boolean {
	const script =
		'losetup -f && folder=$(mktemp -d) && mount -t tmpfs tmpfs "$folder" && umount "$folder"; code=$?; rmdir "$folder"; exit $code'
	try {
		execFileSync('sh', ['-c', script], { stdio: 'ignore' })
		return true
	} catch {
		return false
	}
}

async function mountAt(path: string, args: readonly string[], clear: () => Promise<void>): Promise<Mount> {
	const mount = async (): Promise<void> => void (await run('mount', [...args, path]))
	await mount()
	let mounted = true
	const unmount = async (lazily?: 'lazily'): Promise<void> => {
		if (!mounted) return
		await run('umount', lazily === undefined ? [path] : ['-l', path])
		mounted = false
	}
	return {
		path,
		remount: async options => void (await run('mount', ['-o', `remount,${options}`, path])),
		unmount,
		async mountAgain() {
			await unmount()
			await mount()
			mounted = true
		},
		async [Symbol.asyncDispose]() {
			await unmount('lazily')
			await clear()
		},
	}
}
