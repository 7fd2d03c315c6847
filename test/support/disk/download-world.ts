import type { DownloadError } from '../../../src/base/errors.ts'
import { Claims } from '../../../src/destination/claims.ts'
import { createFileDestination } from '../../../src/destination/file.ts'
import type { IfExists } from '../../../src/destination/final-name.ts'
import type { Disk } from '../../../src/disk/contract.ts'
import type { DownloadResult } from '../../../src/engine/events.ts'
import { Governor } from '../../../src/engine/governor.ts'
import { Run } from '../../../src/engine/run.ts'
import type { DownloadSpec } from '../../../src/engine/spec.ts'
import { CountedBlocks } from '../counted-blocks.ts'
import { FakeClock } from '../fake-clock.ts'
import { plainSpec } from '../plain-spec.ts'
import { Line } from '../scripted/line.ts'
import { ScriptedServer, type Version } from '../scripted/server.ts'
import { ScriptedTransport } from '../scripted/transport.ts'
import { seeded } from '../seeded.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import type { Volume } from './volume.ts'

export interface DownloadWorldOptions {
	readonly volume: Volume
	readonly version: Version
	/** @default 1 */
	readonly seed?: number
	/** Of one connection. @default 1_000_000 */
	readonly bytesPerSecond?: number
	/** @default 1 */
	readonly connections?: number
	/** @default '/downloads' */
	readonly directory?: string
	/** @default 'rename' */
	readonly ifExists?: IfExists
	/** @default false */
	readonly sync?: boolean
	/** @default 1: whatever its size a file has a journal */
	readonly journalFromBytes?: number
	/** @default 1 MiB */
	readonly compactAtBytes?: number
	/** How long a call of the disk takes. @default a microtask */
	readonly latencyMs?: (call: string) => number | undefined
	/** Puts something between the download and the disk, as one that fails. */
	readonly wrap?: (disk: Disk) => Disk
}

/** How a download ended. */
export type Ending =
	| { readonly kind: 'done'; readonly result: DownloadResult }
	| { readonly kind: 'failed'; readonly error: DownloadError }

/** The name that the file has where nothing else has it. */
export const fileName = 'file.bin'

/** One process with one download: the real engine and the real file destination, in virtual time, on a simulated disk. */
export class DownloadWorld {
	readonly clock: FakeClock = new FakeClock()
	readonly disk: SimulatedDisk
	readonly server: ScriptedServer
	readonly notices: string[] = []
	readonly run: Run
	readonly #transport: ScriptedTransport
	readonly #governor: Governor
	readonly #blocks: CountedBlocks = new CountedBlocks(1 << 20)

	constructor(options: DownloadWorldOptions) {
		const { clock } = this
		const { volume, version, seed = 1, bytesPerSecond = 1_000_000, latencyMs, wrap = (disk: Disk) => disk } = options
		this.disk = volume.process(latencyMs === undefined ? {} : { clock, latencyMs })
		this.server = new ScriptedServer({ version, bytesPerSecond })
		this.#transport = new ScriptedTransport({ clock, server: this.server, line: new Line(clock) })
		this.#governor = new Governor({ clock, blocks: this.#blocks, limits: { maxPerHost: 32, maxConnections: 512 } })
		let nonces = 0
		const destination = createFileDestination({
			disk: wrap(this.disk),
			claims: new Claims(),
			nonce: () => `nonce ${++nonces} of ${seed}`,
			directory: options.directory ?? '/downloads',
			fixedName: undefined,
			ifExists: options.ifExists ?? 'rename',
			fresh: false,
			sync: options.sync ?? false,
			notice: message => this.notices.push(message),
			journalFromBytes: options.journalFromBytes ?? 1,
			...(options.compactAtBytes === undefined ? {} : { compactAtBytes: options.compactAtBytes }),
		})
		this.run = new Run(
			{ ...spec, connections: options.connections ?? 1 },
			{
				transport: this.#transport,
				destination,
				governor: this.#governor,
				clock,
				random: seeded(seed),
				cpuMs: () => 0,
			},
		)
		// Whoever lets the process die has no use for the answer.
		this.run.result.catch(() => {})
	}

	/** Runs it to its end: at most an hour of virtual time. Throws for what is no `DownloadError`, and where it hangs. */
	async end(): Promise<Ending> {
		try {
			return { kind: 'done', result: await this.clock.runUntil(this.run.result) }
		} catch (error) {
			if ((error as DownloadError).isDownloadError !== true) throw error
			return { kind: 'failed', error: error as DownloadError }
		}
	}

	/** Lets it run for so long, then kills the process, wherever it is. */
	async killAfter(ms: number): Promise<void> {
		await this.clock.advance(ms)
		this.disk.kill()
	}

	/** What a download that has ended has not given back, and what it did that it must not do. Nothing, if it is right. */
	blamed(): string[] {
		const left = {
			'open files': this.disk.openFiles,
			locks: this.disk.heldLocks,
			timers: this.clock.pending,
			blocks: this.#blocks.taken,
			connections: this.#governor.openTo(spec.url.host),
			exchanges: this.#transport.busy,
		}
		const kept = Object.entries(left).filter(([, count]) => count !== 0)
		return [...kept.map(([what, count]) => `${count} ${what} left`), ...this.disk.blamed, ...this.#transport.blamed]
	}
}

const spec: DownloadSpec = { ...plainSpec, minSplitBytes: 4096 }
