import { expect } from 'vitest'
import type { DownloadError } from '../../../src/base/errors.ts'
import type { Destination } from '../../../src/destination/contract.ts'
import type { MemoryDestinationOptions } from '../../../src/destination/memory.ts'
import type { DownloadEvent, DownloadResult } from '../../../src/engine/events.ts'
import { Governor } from '../../../src/engine/governor.ts'
import { Run } from '../../../src/engine/run.ts'
import type { DownloadSpec } from '../../../src/engine/spec.ts'
import { pseudoRandom } from '../body.ts'
import { CountedBlocks } from '../counted-blocks.ts'
import { FakeClock } from '../fake-clock.ts'
import { plainSpec } from '../plain-spec.ts'
import { RememberedHosts } from '../remembered-hosts.ts'
import { seeded } from '../seeded.ts'
import { Line, type Outage } from './line.ts'
import { ScriptedServer, type ServerOptions, type Version } from './server.ts'
import { StreamedDestination } from './streamed.ts'
import { ScriptedTransport } from './transport.ts'
import { type Left, WatchedDestination } from './watched-destination.ts'
import type { Disk } from './watched-sink.ts'

/** The file with an ETag, as it is where a test says nothing else. */
export function version(bytes: number, seed = 1): Version {
	return { body: pseudoRandom(bytes, seed), etag: `"v${seed}"` }
}

export interface WorldOptions extends Partial<ServerOptions> {
	readonly version: Version
	/** Other hosts, by name, that are servers of their own. @default every host is the one server */
	readonly mirrors?: Readonly<Record<string, ServerOptions>>
	readonly seed?: number
	/** All connections together. @default no limit */
	readonly lineBytesPerSecond?: number | ((nowMs: number) => number)
	/** When nothing comes through. */
	readonly outages?: readonly Outage[]
	/** What share of one core the process takes. @default 0 */
	readonly cpuShare?: number
	/** @default 4 MiB */
	readonly blocksBytes?: number
	/** @default 4 KiB */
	readonly blockBytes?: number
	/** @default 32 */
	readonly maxPerHost?: number
	/** Of all downloads together. @default no limit */
	readonly limitBytesPerSecond?: number
	readonly settlesAfterMs?: number
	/** @default 5 */
	readonly connectMs?: number
}

/** A destination that tells what has come. */
export interface ScriptedDestination extends Destination {
	content(): Uint8Array
}

/** How a download ended. */
export type Ending =
	| { readonly kind: 'done'; readonly result: DownloadResult; readonly content: Uint8Array }
	| { readonly kind: 'failed'; readonly error: DownloadError }

export interface Download {
	readonly run: Run
	readonly destination: ScriptedDestination
	readonly events: DownloadEvent[]
	/** The virtual time of its end, once it has ended. */
	endedMs: number | undefined
}

/** A server, a line, a clock and all that an engine is given, without one real timer or socket. */
export class World {
	readonly clock: FakeClock = new FakeClock()
	readonly server: ScriptedServer
	/** Of the other hosts, by name. */
	readonly mirrors: ReadonlyMap<string, ScriptedServer>
	readonly transport: ScriptedTransport
	readonly governor: Governor
	/** What was learned of hosts; for the world of a later run. */
	readonly memory: RememberedHosts
	readonly #blocks: CountedBlocks
	readonly #seed: number
	readonly #cpuShare: number

	constructor(options: WorldOptions, memory: RememberedHosts = new RememberedHosts(new FakeClock())) {
		const { clock } = this
		const { seed = 1, lineBytesPerSecond, settlesAfterMs = 0, blocksBytes = 4 << 20, maxPerHost = 32 } = options
		this.#seed = seed
		this.#cpuShare = options.cpuShare ?? 0
		this.server = new ScriptedServer(options)
		this.mirrors = new Map(
			Object.entries(options.mirrors ?? {}).map(([host, mirror]) => [host, new ScriptedServer(mirror)]),
		)
		const server: Pick<ScriptedServer, 'answer'> = {
			answer: (request, seen) => (this.mirrors.get(request.url.host) ?? this.server).answer(request, seen),
		}
		const line = new Line(clock, { bytesPerSecond: lineBytesPerSecond, outages: options.outages ?? [] })
		const { connectMs = 5 } = options
		this.transport = new ScriptedTransport({ clock, server, line, settlesAfterMs, connectMs })
		this.#blocks = new CountedBlocks(blocksBytes, undefined, options.blockBytes)
		this.memory = memory
		const limits = { maxPerHost, maxConnections: 512, bytesPerSecond: options.limitBytesPerSecond }
		this.governor = new Governor({ clock, blocks: this.#blocks, limits, memory })
	}

	destination(disk: Disk & MemoryDestinationOptions = {}): WatchedDestination {
		return new WatchedDestination(this.clock, disk)
	}

	/** Begins a download by one connection, unless the spec says otherwise. */
	start(spec: Partial<DownloadSpec> = {}, destination: ScriptedDestination = this.destination()): Download {
		const { clock, governor, transport } = this
		const run = new Run(
			{ ...plainSpec, ...spec },
			{
				transport,
				destination,
				governor,
				clock,
				random: seeded(this.#seed),
				cpuMs: () => clock.now() * this.#cpuShare,
			},
		)
		const download: Download = { run, destination, events: [], endedMs: undefined }
		run.onEvent(event => download.events.push(event))
		const note = (): void => {
			download.endedMs = clock.now()
		}
		run.result.then(note, note)
		return download
	}

	/** Runs it to its end: at most an hour of virtual time. */
	async end(download: Download): Promise<Ending> {
		// A stream puts off more than one tick, and virtual time would find nothing to do meanwhile.
		const beat = download.destination instanceof StreamedDestination ? this.clock.every(5, () => {}) : undefined
		try {
			const result = await this.clock.runUntil(download.run.result)
			return { kind: 'done', result, content: download.destination.content() }
		} catch (error) {
			if ((error as DownloadError).isDownloadError !== true) throw error
			return { kind: 'failed', error: error as DownloadError }
		} finally {
			beat?.stop()
		}
	}

	/** What is still open when all downloads have ended: nothing, if the engine is right. */
	leftOpen(): Readonly<Record<string, unknown>> {
		return {
			leases: ['origin.test', 'mirror.test', ...this.mirrors.keys()].reduce(
				(sum, host) => sum + this.governor.openTo(host),
				0,
			),
			blocks: this.#blocks.taken,
			timers: this.clock.pending,
			exchanges: this.transport.busy,
			blamed: this.transport.blamed,
		}
	}
}

const nothing = { leases: 0, blocks: 0, timers: 0, exchanges: 0, blamed: [] }

/** Everything that was taken was given back, and nobody broke a contract. */
export function expectNothingLeft(world: World, ...downloads: readonly Download[]): void {
	expect(world.leftOpen()).toEqual(nothing)
	for (const { destination } of downloads) {
		if (!(destination instanceof WatchedDestination)) continue
		expect(destination.blamed).toEqual([])
		expect(destination.place?.sink.outcome.kind).not.toBe('open')
	}
}

/** Starts a download, runs it to its end, and checks that nothing is left. */
export async function runToEnd(
	world: World,
	spec: Partial<DownloadSpec> = {},
	destination: ScriptedDestination = world.destination(),
): Promise<Ending & { readonly download: Download }> {
	const download = world.start(spec, destination)
	const ending = await world.end(download)
	expectNothingLeft(world, download)
	return { ...ending, download }
}

/** The result of a download that must have been done, with exactly these bytes. */
export function expectBytes(ending: Ending, { body }: Version): DownloadResult {
	if (ending.kind === 'failed') throw ending.error
	expect(Buffer.compare(ending.content, body)).toBe(0)
	return ending.result
}

/** The error of a download that must have failed. */
export function expectFailure(ending: Ending): DownloadError {
	if (ending.kind === 'done') throw new Error('The download was done')
	return ending.error
}

/** Goes on with what is left in another process. */
export function destinationWith(world: World, unfinished: Left): WatchedDestination {
	return world.destination({ unfinished })
}
