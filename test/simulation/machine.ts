import type { Clock } from '../../src/base/clock.ts'
import type { Random } from '../../src/base/random.ts'
import type { Fate, Unsynced } from '../support/disk/crash-point.ts'
import { type DiskCall, FailingDisk, type Failure } from '../support/disk/failing-disk.ts'
import type { SimulatedDisk } from '../support/disk/simulated-disk.ts'
import { Volume } from '../support/disk/volume.ts'
import type { Reached } from './reach.ts'
import type { DiskTraits, Scenario } from './scenario.ts'
import { directory } from './simulated-process.ts'
import { type DiskWatcher, WatchedDisk } from './watched-disk.ts'

/** What others have in the folder, by path. */
const strangers = {
	file: { path: `${directory}/file.bin`, content: Buffer.from('the finished file of another download') },
	part: { path: `${directory}/file.bin.part`, content: Buffer.from('bytes of nobody knows what') },
	neighbour: { path: `${directory}/file.bin.txt`, content: Buffer.from('notes') },
} as const

/** The disk, across the deaths of processes and the cuts of power. */
export class Machine {
	healed = false
	volume: Volume
	readonly #traits: DiskTraits
	readonly #random: Random
	readonly #reached: Reached
	/** Calls that are let through: on a disk that takes neither the note of a loss nor a deletion, nobody can be right. */
	#grace = 0
	/** Bytes that processes asked to be written. */
	#writtenBytes = 0

	constructor({ disk }: Pick<Scenario, 'disk'>, random: Random, reached: Reached) {
		this.#traits = disk
		this.#random = random
		this.#reached = reached
		this.volume = new Volume()
		this.volume.makeFolder(directory)
		for (const name of disk.strangers) this.volume.put(strangers[name].path, strangers[name].content)
		this.volume.settle()
		if (disk.strangers.length > 0) reached.note('stranger in the way')
	}

	/** The disk as a process has it that goes by `clock`. */
	mount(clock: Clock, watcher: DiskWatcher): { raw: SimulatedDisk; watched: WatchedDisk } {
		const raw = this.volume.process({ clock, latencyMs: call => this.#latencyMs(call) })
		const counting: DiskWatcher = {
			...watcher,
			writing: (bytes, at) => {
				this.#writtenBytes += bytes.length
				watcher.writing(bytes, at)
			},
		}
		return { raw, watched: new WatchedDisk(new FailingDisk(raw, call => this.#failureOf(call)), counting) }
	}

	/** What was not synced is there, or not, or in part. */
	powerCut(): void {
		const bias = this.#random()
		this.volume = this.volume.powerCut(unsynced => this.#fateOf(unsynced, bias))
	}

	/** What of others is not as it was; a `.part` may have been moved aside. */
	disturbed(overwriting: boolean): string[] {
		const there = this.volume.paths().map(path => this.volume.read(path))
		return this.#traits.strangers.filter(name => {
			const { path, content } = strangers[name]
			if (name === 'file' && overwriting) return false
			if (name === 'part') return !there.some(found => found !== undefined && Buffer.compare(found, content) === 0)
			return Buffer.compare(this.volume.read(path) ?? new Uint8Array(0), content) !== 0
		})
	}

	isStrangers(path: string): boolean {
		return this.#traits.strangers.some(name => strangers[name].path === path)
	}

	#latencyMs(call: string): number | undefined {
		const { writeMs, syncMs } = this.#traits
		if (call === 'write' || call === 'read') return writeMs
		return call === 'fdatasync' || call === 'fsync' ? syncMs : undefined
	}

	#failureOf({ name }: DiskCall): Failure | undefined {
		const { links, fails, fullAfterBytes = Number.POSITIVE_INFINITY, short } = this.#traits
		if (name === 'link' && !links) return { code: 'EPERM' }
		if (this.healed || this.#grace-- > 0) return undefined
		if (name === 'file.write' && this.#writtenBytes > fullAfterBytes) {
			this.#reached.note('full disk')
			return { code: 'ENOSPC' }
		}
		// There are few syncs, and much hangs on each.
		const isSync = name.startsWith('file.sync')
		if (fails !== undefined && this.#random() * fails.oneIn < (isSync ? 10 : 1)) {
			this.#reached.note(isSync ? 'failed sync' : 'failed call')
			if (isSync) this.#grace = 12
			return { code: fails.codes[Math.floor(this.#random() * fails.codes.length)] as string }
		}
		if (short === true && (name === 'file.write' || name === 'file.read') && this.#random() < 0.2) {
			this.#reached.note('short write')
			return { shortBytes: 1 + Math.floor(this.#random() * 4000) }
		}
		return undefined
	}

	#fateOf({ operation }: Unsynced, bias: number): Fate {
		const lot = this.#random()
		if (lot < bias) return 'kept'
		if (operation.kind !== 'write' || lot < bias + (1 - bias) / 2) return 'dropped'
		const sectors = 512 * Math.floor(this.#random() * Math.ceil(operation.bytes.length / 512))
		if (lot < bias + (1 - bias) * 0.7) return 'length'
		return this.#random() < 0.5 ? { first: sectors } : { allBut: sectors }
	}
}
