import { execFileSync } from 'node:child_process'
import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect } from 'vitest'
import { type Behaviour, type Bench, body, type Case, type Outcome } from '../catalogue.ts'

/** G. What strangers call a file, and what lies there already. */
export const names: readonly Behaviour[] = [
	{
		number: 94,
		behaviour: 'A name that climbs out of the folder',
		skein: 'Keeps the last component, decoded first.',
		peers: 'wget2 writes outside of the folder; curl CVE-2016-0754.',
		cases: [
			...['../../evil', '..\\..\\evil', '/etc/evil', 'C:\\evil', 'a/../../evil'].map(name => called(name, 'evil')),
			extended("UTF-8''..%2F..%2Fevil", 'evil'),
			{
				when: 'in the URL',
				act: bench => bench.download({}, bench.origin.url('/a/..%2f..%2fevil')),
				ends: 'right',
				also: namedSafely('evil'),
			},
		],
	},
	{
		number: 95,
		behaviour: 'A name that is `.`, `..`, empty or dots alone',
		skein: 'Takes the name of the URL instead.',
		peers: 'ndh made `. (1)` of `..`.',
		cases: ['.', '..', '', '...', ' '].map(name => called(name, 'file.bin')),
	},
	{
		number: 96,
		behaviour: 'NUL, line feeds and other control bytes in a name',
		skein: 'Replaces them.',
		peers: 'wget2 cut the name at NUL and kept the line feed.',
		cases: [extended("UTF-8''a%00b", 'a_b'), extended("UTF-8''a%0Ab", 'a_b'), extended("UTF-8''a%7Fb%C2%85c", 'a_b_c')],
	},
	{
		number: 97,
		behaviour: 'Terminal sequences in a name',
		skein: 'Replaces the control bytes that make them.',
		peers: 'curl, wget2, axel make such names.',
		cases: [extended("UTF-8''a%1B%5D0%3Bowned%07b", 'a_]0;owned_b'), extended("UTF-8''a%C2%9B31mb", 'a_31mb')],
	},
	{
		number: 98,
		behaviour: 'Bidirectional and invisible characters in a name',
		skein: 'Takes them out.',
		cases: [extended("UTF-8''invoice%E2%80%AEfdp.exe", 'invoicefdp.exe'), extended("UTF-8''a%E2%80%8Bb", 'ab')],
	},
	{
		number: 99,
		behaviour: 'What Windows reserves: devices, streams, dots and blanks at the end',
		skein: 'Makes a name of it that means the same on every system.',
		peers: 'dora #3251, browser-use #4989.',
		cases: [
			called('CON', '_CON'),
			called('NUL.tar.gz', '_NUL.tar.gz'),
			extended("UTF-8''COM%C2%B9", '_COM\u00b9'),
			called('name. . ', 'name'),
			called('file.txt:stream', 'file.txt_stream'),
		],
	},
	{
		number: 100,
		behaviour: 'A name of more than 255 bytes',
		skein: 'Cuts it on a character and keeps the extension.',
		peers: 'curl, wget2, aria2, ndh fail.',
		cases: [
			called(`${'n'.repeat(300)}.bin`, undefined),
			extended(`UTF-8''${'%F0%9F%98%80'.repeat(100)}.bin`, undefined),
		],
	},
	{
		number: 101,
		behaviour: 'Names that differ in composition or case alone',
		skein: 'Composes them; the second gets a number.',
		cases: [
			{
				origin: () => ({
					answer: (_, n) => disposition(`filename*=UTF-8''${n === 0 ? 'e%CC%81.bin' : '%C3%A9.bin'}`),
				}),
				options: { connections: 1 },
				act: async bench => {
					await bench.download()
					const second = await bench.download()
					expect((await readdir(bench.folder)).sort()).toEqual(['\u00e9.1.bin', '\u00e9.bin'])
					return second
				},
				ends: 'right',
			},
		],
	},
	{
		number: 102,
		behaviour: 'Hidden files, `~`, a leading dash',
		skein: 'Begins the name with an underscore instead.',
		peers: 'All seven that were tried write `.bashrc`.',
		cases: [called('.bashrc', '_bashrc'), called('~root', '_root'), called('-rf', '_rf')],
	},
	{
		number: 103,
		behaviour: 'A link, a pipe or a folder where the file or its `.part` goes',
		skein: 'Follows none of them and leaves them as they are.',
		cases: [
			inTheWay('a link at the name', 'right', ({ folder }) =>
				symlink(join(folder, 'victim'), join(folder, 'file.bin')),
			),
			inTheWay('a link at the `.part`', 'E_IO', ({ folder }) =>
				symlink(join(folder, 'victim'), join(folder, 'file.bin.part')),
			),
			inTheWay('a link at the journal', 'right', ({ folder }) =>
				symlink(join(folder, 'victim'), join(folder, 'file.bin.part.journal')),
			),
			inTheWay('a pipe at the `.part`', 'E_IO', async ({ folder }) => {
				execFileSync('mkfifo', [join(folder, 'file.bin.part')])
			}),
			inTheWay('a folder at the name', 'right', ({ folder }) => mkdir(join(folder, 'file.bin'))),
			inTheWay('a folder at the `.part`', 'E_IO', ({ folder }) => mkdir(join(folder, 'file.bin.part'))),
		],
	},
	{
		number: 104,
		behaviour: 'Another file is there under the name, or under that of the `.part`',
		skein: 'Takes a number; a `.part` without a journal is moved aside; nothing of somebody else is lost.',
		peers: 'curl CVE-2020-8177, CVE-2022-27778.',
		cases: [
			keeps('the name', 'file.bin', {}),
			keeps(
				'the name, and the download fails',
				'file.bin',
				{ checksum: `md5=${'0'.repeat(32)}`, ifExists: 'overwrite' },
				'E_CHECKSUM',
			),
			keeps('the `.part`', 'file.bin.part', {}),
		],
	},
	{
		number: 105,
		behaviour: 'A broken Content-Disposition',
		skein: 'Takes what can be read of it, or else the name of the URL.',
		peers: 'ndh #75, Electron #29346.',
		cases: [
			["attachment; filename*=UTF-8''%E0%A4%A; filename=fine.bin", 'fine.bin'],
			['attachment; filename', 'file.bin'],
			[';;;=', 'file.bin'],
			['attachment; filename="open', undefined],
			["filename*=KLINGON'x'a.bin", 'file.bin'],
			['inline; filename=fine.bin', 'fine.bin'],
		].map(([value, name]) => ({
			when: JSON.stringify(value),
			origin: () => ({ answer: () => ({ headers: { 'Content-Disposition': value as string } }) }),
			ends: 'right' as const,
			also: namedSafely(name),
		})),
	},
]

const disposition = (value: string) => ({ headers: { 'Content-Disposition': `attachment; ${value}` } })

/** The file's name is that one, where one is given, and a safe one always. */
function namedSafely(name: string | undefined): NonNullable<Case['also']> {
	return ({ result }, { folder }) => {
		const path = result?.path ?? ''
		expect(path).toBe(join(folder, basename(path)))
		expect(Buffer.byteLength(basename(path))).toBeLessThanOrEqual(255)
		if (name !== undefined) expect(basename(path)).toBe(name)
	}
}

function called(given: string, name: string | undefined): Case {
	return dispositioned(`filename="${given.replaceAll('\\', '\\\\')}"`, given, name)
}

function extended(given: string, name: string | undefined): Case {
	return dispositioned(`filename*=${given}`, given, name)
}

function dispositioned(value: string, given: string, name: string | undefined): Case {
	return {
		when: given.length > 40 ? `${given.slice(0, 40)}…` : JSON.stringify(given),
		origin: () => ({ answer: () => disposition(value) }),
		ends: 'right',
		also: namedSafely(name),
	}
}

function inTheWay(when: string, ends: Outcome['ending'], put: (bench: Bench) => Promise<unknown>): Case {
	return {
		when,
		act: async bench => {
			await writeFile(join(bench.folder, 'victim'), 'mine')
			await put(bench)
			const before = await shapes(bench.folder)
			const outcome = await bench.download({ stallTimeoutMs: 2000 })
			expect(await readFile(join(bench.folder, 'victim'), 'utf8')).toBe('mine')
			expect(await shapes(bench.folder)).toEqual(expect.arrayContaining(before))
			return outcome
		},
		ends,
	}
}

/** What links, pipes and folders there are. */
async function shapes(folder: string): Promise<string[]> {
	const found: string[] = []
	for (const name of (await readdir(folder)).sort()) {
		const stat = await lstat(join(folder, name))
		if (stat.isSymbolicLink()) found.push(`${name} -> ${await readlink(join(folder, name))}`)
		else if (!stat.isFile()) found.push(`${name}: ${stat.isDirectory() ? 'folder' : 'pipe'}`)
	}
	return found
}

function keeps(
	when: string,
	name: string,
	options: Parameters<Bench['download']>[0],
	ends: Outcome['ending'] = 'right',
): Case {
	return {
		when,
		act: async bench => {
			await writeFile(join(bench.folder, name), 'mine')
			const outcome = await bench.download(options)
			const kept: string[] = []
			for (const file of await readdir(bench.folder)) {
				if ((await readFile(join(bench.folder, file), 'latin1')) === 'mine') kept.push(file)
			}
			expect(kept).toHaveLength(1)
			return outcome
		},
		ends,
		content: [body],
	}
}
