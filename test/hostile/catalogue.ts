import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
	type Client,
	createClient,
	type DownloadEvent,
	type DownloadResult,
	type DownloadRun,
} from '../../src/api/client.ts'
import type { ClientOptions, DownloadOptions } from '../../src/api/options.ts'
import { type DownloadError, type ErrorCode, isDownloadError } from '../../src/base/errors.ts'
import { pseudoRandom } from '../support/body.ts'
import { isThere, type Need, needs } from '../support/needs.ts'
import { type Content, type Origin, type OriginOptions, startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'

/** One of the numbered things that servers, networks and disks do, and what comes of it. */
export interface Behaviour {
	/** The number in the catalogue; undefined for a scenario that has a name only. */
	readonly number?: number
	/** What the server, the network or the machine does. */
	readonly behaviour: string
	/** What skein does then, in one sentence; undefined where the ending says it all. */
	readonly skein?: string
	/** What other programs were seen to do, or are reported to do. */
	readonly peers?: string | undefined
	/** Without any, it cannot be met yet, and `skein` says why. */
	readonly cases: readonly Case[]
}

/** `right`: the bytes of one version, and nothing else in the folder. Otherwise a typed error. */
export type Ending = 'right' | ErrorCode

/** One way to meet a behaviour. */
export interface Case {
	/** What sets it apart from the other cases of its behaviour. */
	readonly when?: string
	/** Made for each run: scripts remember what they were asked. Default: the right answers. */
	readonly origin?: () => Partial<OriginOptions> | Promise<Partial<OriginOptions>>
	readonly options?: Omit<DownloadOptions, 'to'>
	readonly client?: () => ClientOptions | Promise<ClientOptions>
	/** How it may end. Several where chance decides. */
	readonly ends: Ending | readonly Ending[]
	/** Which bytes are right. Default: the first version of the origin. */
	readonly content?: readonly Uint8Array[]
	/** What is done. Default: one download of `/file.bin` into an empty folder. */
	readonly act?: (bench: Bench) => Promise<Outcome>
	/** What else must hold. */
	readonly also?: (outcome: Outcome, bench: Bench) => void | Promise<void>
	/** The trap is never stepped into, because skein does not ask in that way. */
	readonly avoided?: true
	readonly need?: Need
	/** Not beside other cases: it touches what they see. */
	readonly alone?: true
}

/** What a case is played on. */
export interface Bench {
	readonly origin: Origin
	readonly client: Client
	/** Absolute. */
	readonly folder: string
	/** Answers of the origin that differed from the right ones. */
	readonly misbehaved: number
	/** One download to its end, of `/file.bin` into the folder unless said otherwise. */
	download(options?: DownloadOptions, url?: string): Promise<Outcome>
	/** The same, for a case that does something meanwhile. */
	start(options?: DownloadOptions, url?: string): Started
}

export interface Started {
	readonly run: DownloadRun
	/** Never rejects with a `DownloadError`. */
	readonly outcome: Promise<Outcome>
}

/** How a download ended, and what it told on the way. */
export interface Outcome {
	readonly ending: Ending
	readonly result?: DownloadResult
	readonly error?: DownloadError
	readonly events: readonly DownloadEvent[]
}

/** What every path of an origin names, unless the case says otherwise. */
export const body: Buffer = pseudoRandom(1_000_000)
/** Another version of it, of the same length. */
export const otherBody: Buffer = pseudoRandom(1_000_000, 2)

/** Four lanes, small parts, little patience: a case shall take well under a second. */
const quick = {
	connections: 4,
	minSplitBytes: 64 * 1024,
	retries: 3,
	connectTimeoutMs: 2000,
	stallTimeoutMs: 3000,
} satisfies DownloadOptions

/** Longer than this is a hang. */
const boundMs = 20_000

/** One test for each case. Answers how they ended, which is complete when all have been played. */
export function playAll(title: string, behaviours: readonly Behaviour[]): ReadonlyMap<Behaviour, Ending> {
	const endings = new Map<Behaviour, Ending>()
	const declareAll = (alone: boolean) => (): void => {
		for (const behaviour of behaviours) {
			for (const one of behaviour.cases.filter(each => (each.alone ?? false) === alone)) {
				declare(nameOf(behaviour, one), one, ending => endings.set(behaviour, ending))
			}
		}
	}
	describe.concurrent(title, declareAll(false))
	if (behaviours.some(({ cases }) => cases.some(({ alone }) => alone))) describe(title, declareAll(true))
	return endings
}

function nameOf({ number, behaviour }: Behaviour, { when, ends }: Case): string {
	const what = when === undefined ? behaviour : `${behaviour} (${when})`
	return `${number === undefined ? '' : `${number}. `}${what}: ${[ends].flat().map(endingInWords).join(' or ')}`
}

/** What a page or a test calls an ending. */
export const endingInWords = (ending: Ending): string => (ending === 'right' ? 'the right bytes' : ending)

function declare(name: string, one: Case, tell: (ending: Ending) => void): void {
	const play = (): Promise<void> => playCase(one, tell)
	if (one.need !== undefined && !isThere(one.need)) needs(one.need)(name, play)
	else test(name, play, boundMs)
}

async function playCase(one: Case, tell: (ending: Ending) => void): Promise<void> {
	const setup = (await one.origin?.()) ?? {}
	const versions = [setup.body ?? body].flat() as Content[]
	let misbehaved = 0
	await using origin = await startOrigin({
		bytesPerSecond: 4e6,
		...setup,
		body: versions,
		answer: (request, n) => {
			const answer = setup.answer?.(request, n)
			if (answer !== undefined && Object.keys(answer).length > 0) misbehaved += 1
			return answer
		},
	})
	await using folder = await tempDir()
	const client = createClient(await one.client?.())
	try {
		const bench = new CaseBench(origin, client, folder.path, { ...quick, ...one.options }, () => misbehaved)
		const outcome = await (one.act ?? (on => on.download()))(bench)
		tell(outcome.ending)
		await judge(outcome, one, versions, folder.path)
		if (setup.answer !== undefined) expect(misbehaved > 0, 'the trap was met').toBe(one.avoided !== true)
		await one.also?.(outcome, bench)
	} finally {
		await client.close()
	}
}

class CaseBench implements Bench {
	readonly origin: Origin
	readonly client: Client
	readonly folder: string
	readonly #options: DownloadOptions
	readonly #misbehaved: () => number

	constructor(origin: Origin, client: Client, folder: string, options: DownloadOptions, misbehaved: () => number) {
		this.origin = origin
		this.client = client
		this.folder = folder
		this.#options = options
		this.#misbehaved = misbehaved
	}

	get misbehaved(): number {
		return this.#misbehaved()
	}

	async download(options: DownloadOptions = {}, url?: string): Promise<Outcome> {
		try {
			return await this.start(options, url).outcome
		} catch (error) {
			return failed(error, [])
		}
	}

	start(options: DownloadOptions = {}, url: string = this.origin.url()): Started {
		const run = this.client.download(url, { to: `${this.folder}/`, ...this.#options, ...options })
		const events: DownloadEvent[] = []
		run.onEvent(event => events.push(event))
		const outcome = run.then(
			(result): Outcome => ({ ending: 'right', result, events }),
			error => failed(error, events),
		)
		return { run, outcome }
	}
}

function failed(error: unknown, events: readonly DownloadEvent[]): Outcome {
	if (!isDownloadError(error)) throw error
	return { ending: error.code, error, events }
}

async function judge(
	{ ending, result, error }: Outcome,
	one: Case,
	versions: Content[],
	folder: string,
): Promise<void> {
	const right = one.content ?? [bytesOf(versions[0] as Content)]
	const isRight = (bytes: Buffer): boolean => right.some(content => bytes.equals(content))
	// First: nothing excuses wrong bytes that are called right.
	if (result?.path != null) expect(isRight(await readFile(result.path)), 'success means the right bytes').toBe(true)
	expect([one.ends].flat(), error?.message).toContain(ending)
	for (const name of await readdir(folder)) {
		if (/\.(part|journal|orphan)\b/.test(name) || one.act !== undefined) continue
		expect(isRight(await readFile(join(folder, name))), `${name} is whole`).toBe(true)
	}
	if (ending === 'right' && one.act === undefined) expect(await readdir(folder)).toHaveLength(1)
}

function bytesOf(content: Content): Uint8Array {
	return content instanceof Uint8Array ? content : content.body
}
