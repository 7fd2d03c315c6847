import { execFile } from 'node:child_process'
import { mkdir, open, readdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { expect } from 'vitest'
import { pseudoRandom } from '../../support/body.ts'
import { withoutLength } from '../../support/origin/scripts.ts'
import { startCli } from '../../support/run-cli.ts'
import { pageInsteadOfFile } from '../answers.ts'
import type { Behaviour, Bench, Case, Outcome } from '../catalogue.ts'
import { type DiskFault, withDiskFault } from '../failing-disk.ts'

/** Larger than what is downloaded without a journal. */
const large = pseudoRandom(5_000_000)
/** From this length on room is put aside. */
const veryLarge = pseudoRandom(64 * 1024 * 1024)
const slowly = () => ({ body: large, bytesPerSecond: 4e6 })
const library = fileURLToPath(new URL('../../../dist/index.js', import.meta.url))
const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

/** F. The machine that it runs on. */
export const machine: readonly Behaviour[] = [
	{
		number: 80,
		behaviour: 'The disk is full, or becomes so',
		skein:
			'Refuses at once what cannot fit; stops with E_NO_SPACE where it shows later, and goes on once there is room.',
		peers: 'aria2 #991 aborts.',
		cases: [
			{
				when: 'more is announced than there is room for',
				origin: () => ({
					answer: () => ({ range: 'ignore', headers: { 'Content-Length': '4000000000000000' } }),
				}),
				ends: 'E_NO_SPACE',
			},
			{
				when: 'at a write',
				origin: () => ({ answer: withoutLength('close') }),
				act: bench => bench.download({ to: '/dev/full' }),
				ends: 'E_NO_SPACE',
				also: ({ error }) => expect(error?.details).toMatchObject({ code: 'ENOSPC' }),
			},
			{
				...goesOnAfter({ operation: 'write', from: 12, code: 'ENOSPC' }, 'E_NO_SPACE'),
				also: ({ result }) => expect(result?.resumedFrom).toBeGreaterThan(0),
			},
		],
	},
	{
		number: 81,
		behaviour: 'EROFS, EACCES, EIO, EDQUOT at a write, a sync or a close',
		skein:
			'E_IO, or E_NO_SPACE for a quota; what a failed sync was to cover counts as lost; what came before is gone on with.',
		cases: [
			goesOnAfter({ operation: 'write', from: 12, code: 'EIO' }, 'E_IO'),
			goesOnAfter({ operation: 'write', code: 'EACCES' }, 'E_IO'),
			goesOnAfter({ operation: 'write', from: 12, code: 'EDQUOT' }, 'E_NO_SPACE'),
			goesOnAfter({ operation: 'syncAll', code: 'EIO' }, 'E_IO'),
			goesOnAfter({ operation: 'syncAll', code: 'ENOSPC' }, 'E_NO_SPACE'),
			goesOnAfter({ operation: 'link', code: 'EROFS' }, 'E_IO'),
			goesOnAfter({ operation: 'write', from: 12, code: 'EROFS' }, 'E_IO'),
		].concat(
			['/proc/skein/', '/sys/kernel/', '/proc/self/mem/x/'].map(to => ({
				when: to,
				act: bench => bench.download({ to }),
				ends: 'E_IO' as const,
			})),
		),
	},
	{
		number: 82,
		behaviour: 'A file system that holds no file so large (EFBIG)',
		skein: 'E_NO_SPACE that names EFBIG, before a byte is fetched: the file gets its length first.',
		peers: 'webtorrent #1970 wrote 4 GB in silence.',
		cases: [
			{
				when: 'a limit of 2 MB',
				origin: slowly,
				act: bench => limited(bench, `ulimit -f 4000`),
				ends: 'E_NO_SPACE',
			},
		],
	},
	{
		number: 83,
		behaviour: 'fallocate is not supported, or there is no such command',
		skein: 'Does without: the file is sparse until its bytes come.',
		peers: 'aria2 #617, #268.',
		cases: [
			{
				when: 'no command of that name, for a file of 64 MiB',
				origin: () => ({ body: veryLarge, bytesPerSecond: 1e9 }),
				act: bench => limited(bench, 'PATH=/nowhere', veryLarge),
				content: [veryLarge],
				ends: 'right',
			},
		],
	},
	nothing(
		84,
		'No sparse files',
		'Is left to the file system, which fills with zeros; not to be had on a test machine.',
		'rclone #2469 stalled.',
	),
	{
		number: 85,
		behaviour: 'A write takes fewer bytes than it was given',
		skein: 'Writes the rest; an error then is the reason that is given.',
		cases: [
			{
				when: 'up to a limit of 2 MB, of a length that nobody said',
				origin: () => ({ body: large, answer: withoutLength('close'), bytesPerSecond: 50e6 }),
				act: bench => limited(bench, 'ulimit -f 4000'),
				ends: 'E_NO_SPACE',
			},
		],
	},
	{
		number: 86,
		behaviour: 'The `.part` is deleted, cut, or replaced meanwhile',
		skein: 'Notices at the next checkpoint, and before the file gets its name: E_IO.',
		cases: [
			meanwhile('deleted', part => rm(part)),
			meanwhile('cut', part => truncate(part, 1000)),
			meanwhile('replaced', async part => {
				await writeFile(`${part}.new`, 'mine')
				await rename(`${part}.new`, part)
			}),
			meanwhile('moved, and a link in its place', async part => {
				await rename(part, `${part}.orphan`)
				await symlink(`${part}.orphan`, part)
			}),
		],
	},
	{
		number: 87,
		behaviour: 'Two downloads of one URL to one place',
		skein: 'One has it; the other is told E_LOCKED, or takes the next name where nothing could be resumed.',
		peers: 'yt-dlp #1066, llama.cpp #28803, rustup #4910: mixed files.',
		cases: [
			{
				when: 'of one process',
				origin: slowly,
				act: async bench => {
					const outcomes = await Promise.all([bench.download(), bench.download()])
					expect(outcomes.map(({ ending }) => ending)).toContain('right')
					for (const { result } of outcomes)
						if (result) expect(await readFile(result.path as string)).toHaveLength(5_000_000)
					return outcomes.find(({ ending }) => ending !== 'right') ?? (outcomes[0] as Outcome)
				},
				ends: ['right', 'E_LOCKED'],
			},
			{
				when: 'of two processes',
				origin: () => ({ ...slowly(), bytesPerSecond: 1e6 }),
				act: async bench => {
					const first = bench.start()
					await untilSent(bench, 1_000_000)
					await using second = startCli([bench.origin.url(), '-d', bench.folder, '-q'])
					expect([0, 9]).toContain((await second.result).code)
					return first.outcome
				},
				ends: 'right',
			},
		],
	},
	{
		number: 88,
		behaviour: 'It is interrupted, terminated or killed',
		skein: 'Goes on from what was there.',
		peers: 'aria2, axel, easydl fetch everything again; wget2 never finishes.',
		cases: [
			{
				when: 'stopped by its signal',
				origin: slowly,
				act: async bench => goneOnWith(bench, await stopHalfway(bench)),
				ends: 'right',
				also: ({ result }) => expect(result?.resumedFrom).toBeGreaterThan(1_000_000),
			},
			...(['SIGINT', 'SIGTERM', 'SIGKILL'] as const).map(
				(signal): Case => ({
					when: signal,
					origin: () => ({ ...slowly(), bytesPerSecond: 2e6 }),
					act: async bench => {
						await using cli = startCli([bench.origin.url(), '-d', bench.folder, '-x', '4', '-q'])
						await untilSent(bench, 3_000_000)
						cli.child.kill(signal)
						await cli.result
						return goneOnWith(bench, true)
					},
					ends: 'right',
					also: ({ result }) => expect(result?.resumedFrom).toBeGreaterThan(500_000),
				}),
			),
			portalWhenItGoesOn(),
		],
	},
	{
		number: 89,
		behaviour: 'The power fails: the size is right and the bytes are zeros',
		skein: 'Reads back what was written and not synced, and a sample of what was.',
		cases: [damaged('in all of the `.part`', ({ folder }) => zeros(join(folder, 'file.bin.part'), 0, 5_000_000))],
	},
	{
		number: 90,
		behaviour: 'No more descriptors (EMFILE)',
		skein: 'The right bytes with those that there are, or a typed error.',
		cases: [0, 1, 2, 4, 8, 80].map(descriptors => ({
			when: `${descriptors} left for 32 connections`,
			origin: slowly,
			act: bench => withDescriptors(bench, descriptors),
			ends: withSoFew(descriptors),
		})) satisfies readonly Case[],
	},
	{
		number: 91,
		behaviour: 'The final name is taken while the download goes on; rename fails',
		skein: 'Takes the next name; what is there stays. EPERM, EBUSY and EXDEV are those of other systems.',
		cases: [nameTaken('by a file', path => writeFile(path, 'mine')), nameTaken('by a folder', path => mkdir(path))],
	},
	{
		number: 92,
		behaviour: 'The journal is torn, of another program version, or has flipped bits',
		skein: 'Takes what its checksums vouch for, or begins anew; what it does not know it moves aside.',
		cases: [
			damaged('torn in the middle', ({ journal }) => journal(bytes => bytes.subarray(0, bytes.length / 2))),
			damaged('empty', ({ journal }) => journal(() => Buffer.alloc(0))),
			damaged('a few bytes', ({ journal }) => journal(bytes => bytes.subarray(0, 7))),
			damaged('garbage', ({ journal }) => journal(bytes => pseudoRandom(bytes.length, 9))),
			damaged('twice', ({ journal }) => journal(bytes => Buffer.concat([bytes, bytes]))),
			...[0, 5, 12, 40, 300].map(at =>
				damaged(`a bit at ${at}`, ({ journal }) => journal(bytes => flipped(bytes, at))),
			),
			...[-1, -20].map(at =>
				damaged(`a bit at ${at}`, ({ journal }) => journal(bytes => flipped(bytes, bytes.length + at))),
			),
			damaged('gone', ({ folder }) => rm(join(folder, 'file.bin.part.journal'))),
		],
	},
	{
		number: 93,
		behaviour: 'A network file system with locks that do not hold',
		skein:
			'A nonce in the journal, looked at with every checkpoint and before the final name, stops whoever has lost the file.',
		peers: 'huggingface_hub #4306.',
		cases: [
			{
				when: 'another process takes the file over',
				origin: () => ({ ...slowly(), bytesPerSecond: 1e6 }),
				act: async bench => {
					const { outcome } = bench.start()
					await untilSent(bench, 1_000_000)
					const journal = join(bench.folder, 'file.bin.part.journal')
					const theirs = takenOver(await readFile(journal, 'utf8'))
					await writeFile(`${journal}.theirs`, theirs)
					await rename(`${journal}.theirs`, journal)
					const ended = await outcome
					expect((await readdir(bench.folder)).sort()).toEqual(['file.bin.part', 'file.bin.part.journal'])
					expect(await readFile(journal, 'utf8')).toBe(theirs)
					return ended
				},
				ends: 'E_LOCKED',
			},
		],
	},
]

function nothing(number: number, behaviour: string, skein: string, peers: string): Behaviour {
	return { number, behaviour, skein, peers, cases: [] }
}

/** Runs the command under a limit of the shell's, which the tests themselves must not have. */
async function limited({ origin, folder }: Bench, limit: string, body: Buffer = large): Promise<Outcome> {
	const command = `${limit} && exec "$0" "$@"`
	const args = [
		'-c',
		command,
		process.execPath,
		main,
		origin.url(),
		'-d',
		folder,
		'-x',
		'4',
		'--retries',
		'2',
		'-q',
		'--json',
	]
	const { code, stdout } = await new Promise<{ code: number; stdout: string }>(resolve => {
		const child = execFile('sh', args, (_, text) => resolve({ code: child.exitCode ?? -1, stdout: text }))
	})
	const failed = /"code":"(E_[A-Z_]+)"(?!.*"code")/s.exec(stdout)?.[1]
	if (code === 0) expect((await readFile(join(folder, 'file.bin'))).equals(body)).toBe(true)
	else expect(await readdir(folder)).not.toContain('file.bin')
	return { ending: code === 0 ? 'right' : ((failed ?? `no code, exit ${code}`) as Outcome['ending']), events: [] }
}

/** Eight are on the edge: as many connections as are left may carry it to its end. */
function withSoFew(descriptors: number): Case['ends'] {
	if (descriptors > 8) return 'right'
	return descriptors < 8 ? ['E_IO', 'E_NETWORK'] : ['right', 'E_IO', 'E_NETWORK']
}

/** A program that has used up its descriptors but for a few. */
async function withDescriptors({ origin, folder }: Bench, left: number): Promise<Outcome> {
	const script = join(folder, 'program.mjs')
	await writeFile(
		script,
		`import { closeSync, openSync } from 'node:fs'
		import { download } from ${JSON.stringify(library)}
		const held = []
		try { for (;;) held.push(openSync('/dev/null')) } catch {}
		for (let n = 0; n < ${left}; n += 1) closeSync(held.pop())
		const options = { to: ${JSON.stringify(`${folder}/`)}, connections: 32, retries: 2 }
		const end = await download(${JSON.stringify(origin.url())}, options).then(() => 'right', error => error.code)
		for (const one of held) closeSync(one)
		console.log(end)`,
	)
	const ending = await new Promise<string>(resolve => {
		execFile('sh', ['-c', 'ulimit -n 256 && exec "$0" "$@"', process.execPath, script], (_, text) =>
			resolve(text.trim()),
		)
	})
	if (ending === 'right') expect((await readFile(join(folder, 'file.bin'))).equals(large)).toBe(true)
	else expect(await readdir(folder)).not.toContain('file.bin')
	return { ending: ending as Outcome['ending'], events: [] }
}

/** The journal's header as another process writes it that goes on with the file: the same, with a nonce of its own. */
function takenOver(journal: string): string {
	const body = journal.slice(0, journal.indexOf('\n') - 9).replace(/"nonce":"[^"]*"/, '"nonce":"theirs"')
	return `${body} ${crc32(body).toString(16).padStart(8, '0')}\n`
}

async function untilSent({ origin }: Bench, bytes: number): Promise<void> {
	while (origin.bytesSent < bytes) await setTimeout(5)
}

/** Whether it was stopped before its end. */
async function stopHalfway(bench: Bench): Promise<boolean> {
	const abort = new AbortController()
	const { run, outcome } = bench.start({ signal: abort.signal })
	while (run.snapshot().bytesDone < 2_000_000) await setTimeout(5)
	abort.abort()
	return (await outcome).ending === 'E_ABORTED'
}

async function goneOnWith(bench: Bench, stopped: boolean): Promise<Outcome> {
	expect(stopped).toBe(true)
	expect((await readdir(bench.folder)).sort()).toEqual(['file.bin.part', 'file.bin.part.journal'])
	return bench.download()
}

/** The page must not be taken for a new version: what was there is still there after it. */
function portalWhenItGoesOn(): Case {
	let portal = false
	return {
		when: 'and a portal answers when it goes on',
		origin: () => ({ ...slowly(), answer: () => (portal ? pageInsteadOfFile : undefined) }),
		act: async bench => {
			const stopped = await stopHalfway(bench)
			portal = true
			const outcome = await goneOnWith(bench, stopped)
			expect((await readdir(bench.folder)).sort()).toEqual(['file.bin.part', 'file.bin.part.journal'])
			return outcome
		},
		options: { retries: 1 },
		ends: 'E_PROTOCOL',
	}
}

function meanwhile(when: string, damage: (part: string) => Promise<unknown>): Case {
	return {
		when,
		origin: () => ({ ...slowly(), bytesPerSecond: 2e6 }),
		act: async bench => {
			const { outcome } = bench.start()
			await untilSent(bench, 2_000_000)
			await damage(join(bench.folder, 'file.bin.part'))
			const ended = await outcome
			expect(await readdir(bench.folder)).not.toContain('file.bin')
			return ended
		},
		ends: 'E_IO',
	}
}

interface Damage {
	readonly folder: string
	journal(change: (bytes: Buffer) => Uint8Array): Promise<void>
}

/** Stopped halfway, damaged, and gone on with. */
function damaged(when: string, damage: (on: Damage) => Promise<unknown>): Case {
	return {
		when,
		origin: slowly,
		act: async bench => {
			expect(await stopHalfway(bench)).toBe(true)
			const path = join(bench.folder, 'file.bin.part.journal')
			await damage({
				folder: bench.folder,
				journal: async change => writeFile(path, change(await readFile(path))),
			})
			return bench.download()
		},
		ends: 'right',
	}
}

/** Fails as it should while the disk has a fault, leaves no file under the final name, and is gone on with after that. */
function goesOnAfter(fault: DiskFault, ends: Outcome['ending']): Case {
	return {
		when: `${fault.code} at ${fault.operation} ${fault.from ?? 1}, and mended`,
		alone: true,
		origin: slowly,
		act: async bench => {
			const failed = await withDiskFault(fault, () => bench.download())
			expect(failed.ending).toBe(ends)
			expect(failed.error?.details).toMatchObject({ code: fault.code })
			expect(await readdir(bench.folder)).not.toContain('file.bin')
			return bench.download()
		},
		ends: 'right',
	}
}

function flipped(bytes: Buffer, at: number): Buffer {
	bytes[at] = (bytes[at] ?? 0) ^ 1
	return bytes
}

async function zeros(path: string, at: number, bytes: number): Promise<void> {
	const file = await open(path, 'r+')
	await file.write(Buffer.alloc(bytes), 0, bytes, at)
	await file.close()
}

function nameTaken(when: string, take: (path: string) => Promise<unknown>): Case {
	return {
		when,
		origin: slowly,
		act: async bench => {
			const { outcome } = bench.start()
			await untilSent(bench, 1_000_000)
			await take(join(bench.folder, 'file.bin'))
			const ended = await outcome
			expect(await readdir(bench.folder)).toEqual(['file.1.bin', 'file.bin'])
			return ended
		},
		ends: 'right',
	}
}
