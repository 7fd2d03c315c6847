import { execFileSync } from 'node:child_process'
import { lstatSync } from 'node:fs'
import {
	appendFile,
	copyFile,
	link,
	lstat,
	mkdir,
	readdir,
	readFile,
	rename,
	rm,
	symlink,
	truncate,
	writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { DownloadOptions } from '../../src/api/options.ts'
import { startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'
import { fetchHere, large, mine, untilSent } from './bench.ts'

/** What another program does, in the folder of the download. */
interface Disturbance {
	readonly name: string
	readonly does: (folder: string) => Promise<unknown>
	/** Both, where it depends on whether a checkpoint comes between. */
	readonly ends: string | readonly string[]
	/** Under which name the file is then. */
	readonly as?: string
	readonly options?: DownloadOptions
	/** What of the stranger's must be as it was left. */
	readonly keeps?: (folder: string) => Promise<unknown>
}

const part = (folder: string): string => join(folder, 'file.bin.part')
const journal = (folder: string): string => join(folder, 'file.bin.part.journal')
const final = (folder: string): string => join(folder, 'file.bin')
const stranger = (folder: string): string => join(folder, 'stranger')

const isMine = (path: string): Promise<void> => expect(readFile(path, 'utf8')).resolves.toBe(mine)
const isPipe = async (path: string): Promise<void> => expect((await lstat(path)).isFIFO()).toBe(true)
const isFolder = async (path: string): Promise<void> => expect((await lstat(path)).isDirectory()).toBe(true)
const isDevice = async (path: string): Promise<void> => expect((await lstat(path)).isCharacterDevice()).toBe(true)
const isLink = async (path: string): Promise<void> => expect((await lstat(path)).isSymbolicLink()).toBe(true)

const pipe = async (path: string): Promise<void> => void execFileSync('mkfifo', [path])
const device = async (path: string): Promise<void> => void execFileSync('mknod', [path, 'c', '1', '5'])

/** Takes what is at the path out of the way, and puts something else there. */
function inPlaceOf(at: (folder: string) => string, put: (path: string, folder: string) => Promise<unknown>) {
	return async (folder: string): Promise<void> => {
		await rename(at(folder), join(folder, 'moved'))
		await put(at(folder), folder)
	}
}

const linkToStranger = (path: string, folder: string): Promise<void> => symlink(stranger(folder), path)

const meanwhile: readonly Disturbance[] = [
	{ name: 'the `.part` is moved', does: folder => rename(part(folder), join(folder, 'moved')), ends: 'E_IO' },
	{ name: 'the `.part` is cut', does: folder => truncate(part(folder), 100_000), ends: 'E_IO' },
	{ name: 'the `.part` grows', does: folder => appendFile(part(folder), mine), ends: ['right', 'E_IO'] },
	{
		name: 'the `.part` is replaced by a copy of it',
		does: async folder => {
			await copyFile(part(folder), join(folder, 'copy'))
			await rename(join(folder, 'copy'), part(folder))
		},
		ends: 'E_IO',
	},
	...takenBy('the `.part`', part),
	{
		name: 'the `.part` gets a second name',
		does: folder => link(part(folder), join(folder, 'second')),
		ends: 'right',
		as: 'file.bin',
	},
	{ name: 'the journal is deleted', does: folder => rm(journal(folder)), ends: 'E_IO' },
	{
		name: 'the journal is replaced',
		does: inPlaceOf(journal, path => writeFile(path, mine)),
		ends: 'E_IO',
		keeps: folder => isMine(journal(folder)),
	},
	...takenBy('the journal', journal),
	{
		name: 'a file takes the final name, and others are numbered',
		does: folder => writeFile(final(folder), mine),
		ends: 'right',
		as: 'file.1.bin',
		keeps: folder => isMine(final(folder)),
	},
	...(['error', 'skip'] as const).map(ifExists => ({
		name: `a file takes the final name, and what exists is kept (${ifExists})`,
		does: (folder: string) => writeFile(final(folder), mine),
		options: { ifExists },
		ends: 'E_EXISTS',
		keeps: (folder: string) => isMine(final(folder)),
	})),
	{
		name: 'a file takes the final name, and may be overwritten',
		does: folder => writeFile(final(folder), mine),
		options: { ifExists: 'overwrite' },
		ends: 'right',
		as: 'file.bin',
	},
	{
		name: 'a link takes the final name, and may be overwritten, but not what it leads to',
		does: folder => linkToStranger(final(folder), folder),
		options: { ifExists: 'overwrite' },
		ends: 'right',
		as: 'file.bin',
	},
	{
		name: 'a folder takes the final name, and files may be overwritten',
		does: folder => mkdir(final(folder)),
		options: { ifExists: 'overwrite' },
		ends: 'E_EXISTS',
		keeps: folder => isFolder(final(folder)),
	},
	{
		name: 'a pipe takes the final name, and files may be overwritten',
		does: folder => pipe(final(folder)),
		options: { ifExists: 'overwrite' },
		ends: 'E_EXISTS',
		keeps: folder => isPipe(final(folder)),
	},
	{ name: 'the folder is renamed', does: folder => rename(folder, `${folder}.renamed`), ends: 'E_IO' },
	{
		name: 'the folder is replaced by another one',
		does: async folder => {
			await rename(folder, `${folder}.renamed`)
			await mkdir(folder)
			await writeFile(stranger(folder), mine)
		},
		ends: 'E_IO',
	},
	{ name: 'the folder is removed', does: folder => rm(folder, { recursive: true }), ends: 'E_IO' },
]

const before: readonly Disturbance[] = [
	{
		name: 'a device is at the `.part`',
		does: folder => device(part(folder)),
		ends: 'E_IO',
		keeps: folder => isDevice(part(folder)),
	},
	{
		name: 'a folder is at the journal',
		does: folder => mkdir(journal(folder)),
		ends: 'E_IO',
		keeps: folder => isFolder(journal(folder)),
	},
	{ name: 'a pipe is at the journal', does: folder => pipe(journal(folder)), ends: 'right', as: 'file.bin' },
	{ name: 'a device is at the journal', does: folder => device(journal(folder)), ends: 'right', as: 'file.bin' },
	{
		name: 'a link is at the journal',
		does: folder => linkToStranger(journal(folder), folder),
		ends: 'right',
		as: 'file.bin',
	},
	{
		name: 'a device has the final name',
		does: folder => device(final(folder)),
		ends: 'right',
		as: 'file.1.bin',
		keeps: folder => isDevice(final(folder)),
	},
	{
		name: 'a pipe has the final name',
		does: folder => pipe(final(folder)),
		ends: 'right',
		as: 'file.1.bin',
		keeps: folder => isPipe(final(folder)),
	},
	{
		name: 'a link that leads nowhere has the final name',
		does: folder => symlink('nowhere', final(folder)),
		ends: 'right',
		as: 'file.1.bin',
		keeps: folder => isLink(final(folder)),
	},
]

/** Only root may make devices. */
const isRoot = process.getuid?.() === 0

describe.concurrent('while a download is under way,', () => {
	test.each(meanwhile)('$name: $ends', disturbance => play(disturbance, 'meanwhile'))
})

describe.concurrent('where a download begins,', () => {
	test.each(before.filter(({ name }) => isRoot || !name.includes('device')))('$name: $ends', disturbance =>
		play(disturbance, 'before'),
	)
})

async function play({ does, ends, as, options, keeps }: Disturbance, when: 'before' | 'meanwhile'): Promise<void> {
	await using root = await tempDir()
	const folder = join(root.path, 'folder')
	await mkdir(folder)
	await writeFile(stranger(folder), mine)
	await using origin = await startOrigin({ body: large, bytesPerSecond: when === 'before' ? 5e6 : 1e6 })
	if (when === 'before') await does(folder)
	const download = fetchHere(origin.url(), { ...options, to: `${folder}/` })
	if (when === 'meanwhile') {
		await untilSent(origin, 1_500_000)
		await does(folder)
	}
	const { code, path } = await download
	const there = as ?? (code === 'right' ? 'file.bin' : undefined)
	expect([ends].flat()).toContain(code)
	await keeps?.(folder)
	if (lstatSync(folder, { throwIfNoEntry: false })) {
		await isMine(stranger(folder))
		await expectWholeOrNothing(folder, there)
	}
	if (there !== undefined) expect(path).toBe(join(folder, there))
}

/** Under the names that a finished file could have there is one, or what the stranger put there, and no part of one. */
async function expectWholeOrNothing(folder: string, as: string | undefined): Promise<void> {
	if (as !== undefined) expect((await readFile(join(folder, as))).equals(large)).toBe(true)
	for (const name of (await readdir(folder)).filter(each => /^file(\.\d+)?\.bin$/.test(each) && each !== as)) {
		const path = join(folder, name)
		if ((await lstat(path)).isFile()) await isMine(path)
	}
}

/** Something that is no file comes in place of one of ours: it stays as it is. */
function takenBy(what: string, at: (folder: string) => string): Disturbance[] {
	const strangers = [
		{ kind: 'a folder', make: (path: string) => mkdir(path), isThere: isFolder },
		{ kind: 'a pipe', make: pipe, isThere: isPipe },
		{ kind: 'a link', make: linkToStranger, isThere: isLink },
	]
	return strangers.map(({ kind, make, isThere }) => ({
		name: `${kind} takes the place of ${what}`,
		does: inPlaceOf(at, make),
		ends: 'E_IO',
		keeps: folder => isThere(at(folder)),
	}))
}
