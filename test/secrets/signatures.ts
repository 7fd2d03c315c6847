import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { type Client, createClient } from '../../src/api/client.ts'
import type { DownloadOptions } from '../../src/api/options.ts'
import { pseudoRandom } from '../support/body.ts'
import { certificates } from '../support/certificates.ts'
import { type Answer, type Origin, type OriginOptions, type RequestRecord, startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'
import { requireSecrecy, type Told, toldByFolder } from './leaks.ts'
import { mistyped } from './mistyped.ts'
import { said } from './recording-environment.ts'
import { marker, type Servers, type SignedDownload, signed, signedDownloads } from './signed-downloads.ts'

export interface SignatureFigures {
	/** Downloads by library and command. */
	readonly downloads: number
	readonly mistyped: number
	/** Texts that were searched, and how long they were together. */
	readonly texts: number
	readonly characters: number
}

/** Enough for a journal, and for several connections. */
const body = pseudoRandom(300_000)
const largeBody = pseudoRandom(5_000_000)

/** As told as the program gets: the library with all that it says, and the command with each kind of output. */
export async function proveSignaturesStaySecret(): Promise<SignatureFigures> {
	await using world = await startWorld()
	const figures = { downloads: 0, mistyped: 0, texts: 0, characters: 0 }
	const search = (what: string, told: readonly Told[]): void => {
		requireSecrecy(what, told)
		figures.texts += told.length
		for (const { text } of told) figures.characters += text.length
	}
	for (const one of signedDownloads) {
		for (const [way, tell] of ways) {
			search(`A signed download that ${one.name} (${way})`, await play(world, one, tell))
			figures.downloads += 1
		}
	}
	search('A signed download that is stopped and goes on', await stopAndGoOn(world))
	search('A signed download beside itself', await twice(world))
	figures.downloads += 4
	for (const [what, told] of await mistype(world.servers.http)) {
		search(what, told)
		figures.mistyped += 1
	}
	return figures
}

interface World extends AsyncDisposable {
	readonly servers: Servers
	readonly client: Client
	readonly ca: string
	readonly http: Origin
	answer: ((request: RequestRecord) => Answer | undefined) | undefined
}

async function startWorld(): Promise<World> {
	const { ca, cert, key, selfSigned } = await certificates()
	const answer: OriginOptions['answer'] = request => world.answer?.(request)
	const http = await startOrigin({ body, answer })
	const https = await startOrigin({ body, answer, tls: { cert, key } })
	const untrusted = await startOrigin({ body, answer, tls: selfSigned })
	const nobody = await startOrigin({ body })
	await nobody.close()
	const client = createClient({ ca })
	const origins = [http, https, untrusted]
	const bare = (origin: Origin): string => new URL(origin.url()).origin
	const world: World = {
		servers: {
			http: bare(http),
			https: bare(https),
			untrusted: bare(untrusted),
			nobody: `http://127.0.0.1:${nobody.port}`,
		},
		...{ client, ca, http, answer: undefined },
		async [Symbol.asyncDispose]() {
			await client.close()
			for (const origin of origins) await origin.close()
		},
	}
	return world
}

type Tell = (world: World, one: SignedDownload, url: string, folder: string) => Promise<readonly Told[]>

const ways: readonly (readonly [way: string, tell: Tell])[] = [
	['library', toldByLibrary],
	['on a terminal', (...given) => toldByCommand(true, [], ...given)],
	['in a log', (...given) => toldByCommand(false, [], ...given)],
	['--json', (...given) => toldByCommand(false, ['--json'], ...given)],
]

async function play(world: World, one: SignedDownload, tell: Tell): Promise<readonly Told[]> {
	await using folder = await tempDir()
	await one.before?.(folder.path)
	let index = 0
	// Counted anew for each download.
	world.answer = request => one.answer?.({ ...request, index: index++ }, world.servers)
	const url = signed(world.servers[one.server ?? 'http'])
	return [...(await tell(world, one, url, folder.path)), ...(await toldByFolder(folder.path))]
}

async function toldByLibrary(
	{ client }: World,
	one: SignedDownload,
	url: string,
	folder: string,
): Promise<readonly Told[]> {
	const { ended, told } = await observe(client, url, {
		...one.options,
		to: join(folder, String(one.options?.to ?? ''), '/'),
	})
	if (ended !== one.ends) throw new Error(`A signed download that ${one.name} ended in ${ended}`)
	return told
}

async function observe(
	client: Client,
	url: string,
	options: DownloadOptions,
): Promise<{ readonly ended: string; readonly told: readonly Told[] }> {
	const token = { 'X-Token': `${marker}Token` }
	const run = client.download(url, { connections: 2, minSplitBytes: 65_536, headers: token, ...options })
	const events: unknown[] = []
	run.onEvent(event => events.push(event))
	const outcome: unknown = await run.then(
		result => result,
		error => error,
	)
	const ended = outcome instanceof Error ? String((outcome as { code?: unknown }).code) : 'done'
	const told = [
		{ where: 'the events', text: JSON.stringify(events) },
		{ where: 'the events in depth', text: inspect(events, { depth: null, showHidden: true }) },
		{ where: 'the outcome', text: JSON.stringify(outcome) },
		{ where: 'the outcome in depth', text: inspect(outcome, { depth: null, showHidden: true }) },
		{ where: 'the run', text: inspect(run, { depth: null }) + JSON.stringify(run.snapshot()) },
	]
	return { ended, told }
}

async function toldByCommand(
	isTerminal: boolean,
	args: readonly string[],
	world: World,
	one: SignedDownload,
	url: string,
	folder: string,
): Promise<readonly Told[]> {
	await using elsewhere = await tempDir()
	const ca = join(elsewhere.path, 'ca.pem')
	await writeFile(ca, world.ca)
	const header = ['-H', `X-Token: ${marker}Token`, '--cacert', ca]
	const { stdout, screen } = await said([url, ...header, ...(one.args ?? []), ...args], folder, isTerminal)
	if (one.ends !== 'done' && !screen.includes('skein: ')) throw new Error(`Nothing was said of ${one.name}`)
	return [
		{ where: 'standard output', text: stdout },
		{ where: 'standard error', text: screen },
	]
}

/** Stopped in the middle, so that a `.part` and a journal are there; then gone on with, by the command. */
async function stopAndGoOn(world: World): Promise<readonly Told[]> {
	await using folder = await tempDir()
	const stop = new AbortController()
	world.answer = () => ({ content: largeBody, bytesPerSecond: 8e6 })
	const url = signed(world.servers.http)
	const sent = world.http.bytesSent
	const watch = setInterval(() => world.http.bytesSent - sent > 2_000_000 && stop.abort(`${marker} no more`), 5)
	const stopped = await observe(world.client, url, { to: `${folder.path}/`, signal: stop.signal })
	clearInterval(watch)
	const left = await toldByFolder(folder.path)
	if (stopped.ended !== 'E_ABORTED' || left.length !== 3) throw new Error(`Not stopped midway: ${stopped.ended}`)
	const { stdout, screen } = await said([url, '-H', `X-Token: ${marker}Token`, '--json'], folder.path, false)
	if (!/"resumedFrom":[1-9]/.test(stdout)) throw new Error(`Not gone on with:\n${stdout}${screen}`)
	// The caller's own reason is the caller's to show.
	const told = stopped.told.filter(
		({ where }) => !where.startsWith('the outcome in') && !where.startsWith('the events in'),
	)
	return [...told, ...left, { where: 'standard output', text: stdout }, { where: 'standard error', text: screen }]
}

/** The same address twice at once: the second is told that the first is there. */
async function twice(world: World): Promise<readonly Told[]> {
	await using folder = await tempDir()
	world.answer = () => ({ content: largeBody, bytesPerSecond: 16e6 })
	const url = signed(world.servers.http)
	const options = { to: `${folder.path}/` }
	const both = await Promise.all([observe(world.client, url, options), observe(world.client, url, options)])
	const ended = both.map(one => one.ended).sort()
	if (ended.join() !== 'E_LOCKED,done') throw new Error(`Two at once ended in ${ended}`)
	return both.flatMap(({ told }) => told)
}

async function mistype(http: string): Promise<readonly (readonly [what: string, told: readonly Told[]])[]> {
	await using folder = await tempDir()
	const list = join(folder.path, 'list.txt')
	const results: (readonly [string, readonly Told[]])[] = []
	for (const { args, list: content } of mistyped(signed(http), list)) {
		if (content !== undefined) await writeFile(list, content)
		const { stdout, screen } = await said(args, folder.path, false)
		const what = `\`skein ${args.join(' ')}\` ${content === undefined ? '' : JSON.stringify(content)}`
		if (!screen.includes('skein: ')) throw new Error(`${what} was taken: ${stdout}`)
		results.push([
			what,
			[
				{ where: 'standard output', text: stdout },
				{ where: 'standard error', text: screen },
			],
		])
	}
	return results
}
