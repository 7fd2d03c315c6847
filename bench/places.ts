import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** `zeros`: a disk on which zeros take no place, so that a file of them may be larger than this machine. */
export type PlaceName = 'disk' | 'tmpfs' | 'zeros'

/** Where targets are written. */
export interface Place extends Disposable {
	readonly folder: string
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

async function memoryFolder(): Promise<string> {
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
		if (isMounted) run('umount', folder)
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

function run(command: string, ...args: readonly string[]): string {
	return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}
