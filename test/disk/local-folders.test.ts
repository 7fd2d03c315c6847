import { expect, test } from 'vitest'
import { LocalFolders } from '../../src/disk/local-folders.ts'

const ext4 = 0xef53
const nfs = 0x6969

function begin(types: Readonly<Record<string, number | Error>>) {
	const asked: string[] = []
	const folders = new LocalFolders(async folder => {
		asked.push(folder)
		const type = types[folder] ?? 0
		if (typeof type !== 'number') throw type
		return type
	})
	/** The system has answered all that it was asked. */
	const settle = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
	return { folders, asked, settle }
}

test('a folder is local once the system has said so, and the system is asked once', async () => {
	const { folders, asked, settle } = begin({ '/home': ext4 })
	expect([folders.has('/home'), folders.has('/home')]).toEqual([false, false])
	await settle()
	expect([folders.has('/home'), folders.has('/home')]).toEqual([true, true])
	expect(asked).toEqual(['/home'])
})

test('a folder on a file system of a network, or of a kind that is not known, is not local', async () => {
	const { folders, settle } = begin({ '/net': nfs, '/odd': 1 })
	expect([folders.has('/net'), folders.has('/odd')]).toEqual([false, false])
	await settle()
	expect([folders.has('/net'), folders.has('/odd')]).toEqual([false, false])
})

test('a folder that is not there yet is asked for again', async () => {
	const types: Record<string, number | Error> = { '/new': new Error('ENOENT') }
	const { folders, settle } = begin(types)
	expect(folders.has('/new')).toBe(false)
	await settle()
	types['/new'] = ext4
	expect(folders.has('/new')).toBe(false)
	await settle()
	expect(folders.has('/new')).toBe(true)
})

test('what is known of folders stays small, however many there are', async () => {
	const { folders, asked, settle } = begin({ '/first': ext4 })
	folders.has('/first')
	await settle()
	for (let number = 0; number < 1000; number++) folders.has(`/${number}`)
	await settle()
	expect(folders.has('/first')).toBe(false)
	expect(asked.filter(folder => folder === '/first')).toHaveLength(2)
})
