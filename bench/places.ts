import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'

/** What `statfs` says of a tmpfs. */
const tmpfsMagic = 0x01021994

/** Where temporary files go to a disk: on some machines the usual folder is memory. */
export async function diskFolder(): Promise<string> {
	return (await isMemory(tmpdir())) ? '/var/tmp' : tmpdir()
}

/** Where files stay in memory; throws where this machine has no such place. */
export async function memoryFolder(): Promise<string> {
	const folder = '/dev/shm'
	if (!(await isMemory(folder))) throw new Error(`${folder} is no tmpfs here`)
	return folder
}

async function isMemory(folder: string): Promise<boolean> {
	const { type } = await statfs(folder)
	return type === tmpfsMagic
}
