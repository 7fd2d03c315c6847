import type { Clock } from '../../src/base/clock.ts'
import type { Random } from '../../src/base/random.ts'
import { Claims } from '../../src/destination/claims.ts'
import type { Destination } from '../../src/destination/contract.ts'
import { createFileDestination } from '../../src/destination/file.ts'
import type { IfExists } from '../../src/destination/final-name.ts'
import { Governor } from '../../src/engine/governor.ts'
import { Run } from '../../src/engine/run.ts'
import type { DownloadSpec } from '../../src/engine/spec.ts'
import { blockBytes, CountedBlocks } from '../support/counted-blocks.ts'
import type { SimulatedDisk } from '../support/disk/simulated-disk.ts'
import { ProcessClock } from '../support/process-clock.ts'
import { ScriptedTransport, type ScriptedTransportOptions } from '../support/scripted/transport.ts'
import type { WatchedDisk } from './watched-disk.ts'

/** From this length on there is a journal; the product's 4 MiB would leave every file of a simulation without. */
export const journalFromBytes = 40_000

export const directory = '/downloads'

export interface ProcessParts {
	readonly name: string
	readonly clock: Clock
	readonly random: Random
	readonly network: Omit<ScriptedTransportOptions, 'clock'>
	/** Makes the process' own view of the disk, by its own clock. */
	readonly mount: (clock: Clock) => { readonly raw: SimulatedDisk; readonly watched: WatchedDisk }
	readonly maxPerHost: number
	readonly blocks: number
	readonly limitBytesPerSecond: number | undefined
	/** The process did what no right program does. */
	readonly blame: (what: string) => void
}

/** One process: a client with its own governor, memory and claims, that may die at any moment. */
export class SimulatedProcess {
	readonly name: string
	readonly clock: ProcessClock
	readonly transport: ScriptedTransport
	readonly disk: SimulatedDisk
	alive = true
	readonly #watched: WatchedDisk
	readonly #claims = new Claims()
	readonly #governor: Governor
	readonly #blocks: CountedBlocks
	readonly #parts: ProcessParts
	#nonces = 0

	constructor(parts: ProcessParts) {
		const { name, clock, network, mount, maxPerHost, blocks, limitBytesPerSecond } = parts
		this.#parts = parts
		this.name = name
		this.clock = new ProcessClock(clock)
		this.transport = new ScriptedTransport({ ...network, clock: this.clock })
		const { raw, watched } = mount(this.clock)
		this.disk = raw
		this.#watched = watched
		this.#blocks = new CountedBlocks(blocks * blockBytes, () => this.#checkMemory())
		this.#governor = new Governor({
			clock: this.clock,
			blocks: this.#blocks,
			limits: { maxPerHost, maxConnections: 512, bytesPerSecond: limitBytesPerSecond },
		})
	}

	/** Nothing that it began comes to anything any more. */
	die(): void {
		this.alive = false
		this.clock.die()
		this.transport.die()
		this.disk.kill()
	}

	start(spec: DownloadSpec, destination: Destination): Run {
		const { clock, transport } = this
		const deps = { transport, destination, governor: this.#governor, clock, random: this.#parts.random, cpuMs: () => 0 }
		return new Run(spec, deps)
	}

	/** For all downloads of the process. */
	setLimit(bytesPerSecond: number | undefined): void {
		this.#governor.setLimits({ ...this.#governor.limits, bytesPerSecond })
	}

	/** A folder of this process' disk. */
	folder(ifExists: IfExists, sync: boolean, notice: (message: string) => void): Destination {
		return createFileDestination({
			disk: this.#watched,
			claims: this.#claims,
			nonce: () => `${this.name}-${++this.#nonces}`,
			journalFromBytes,
			directory,
			fixedName: undefined,
			ifExists,
			fresh: false,
			sync,
			notice,
		})
	}

	get #leases(): number {
		const hosts = ['origin.test', 'cdn.test', 'm0.test', 'm1.test', 'm2.test']
		return hosts.reduce((sum, host) => sum + this.#governor.openTo(host), 0)
	}

	/** Two blocks a connection, and none for whoever has no connection. */
	#checkMemory(): void {
		if (this.#blocks.taken > 2 * this.#leases)
			this.#parts.blame(`${this.#blocks.taken} blocks for ${this.#leases} connections`)
	}

	/** Tells what is still open when all that it began has ended: nothing, if the program is right. */
	blameLeftOpen(): void {
		const { disk, clock, transport } = this
		const left = {
			leases: this.#leases,
			blocks: this.#blocks.taken,
			timers: clock.pending,
			exchanges: transport.busy,
			files: disk.openFiles,
			locks: disk.heldLocks,
		}
		for (const [what, count] of Object.entries(left)) if (count !== 0) this.#parts.blame(`${count} ${what} left open`)
		for (const what of [...transport.blamed, ...disk.blamed]) this.#parts.blame(what)
	}
}
