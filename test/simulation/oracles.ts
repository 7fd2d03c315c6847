import type { DownloadError } from '../../src/base/errors.ts'
import type { DownloadResult } from '../../src/engine/events.ts'
import { blockBytes } from '../support/counted-blocks.ts'
import { scratchesIn } from '../support/disk/aftermath.ts'
import { bytesAreTrue, isExcused, mayEndEarly } from './excuses.ts'
import type { Machine } from './machine.ts'
import type { Scenario, Wish } from './scenario.ts'
import { directory, journalFromBytes } from './simulated-process.ts'
import { sha256Of, type Truth } from './truth.ts'

/** A file that a run has called done, as it was then. */
interface Done {
	readonly path: string
	readonly content: Uint8Array
	/** Whether it was on the disk before it was called done. */
	readonly synced: boolean
}

/** Of one process: 700 kB in parts of 8 kB, and every one of eight retries. The most that a seed was seen to need are 60. */
const mostRequestsAFile = 100

/** What is right at every moment, whatever goes wrong. */
export class Oracles {
	/** What was seen that no right program does. */
	readonly wrong: string[] = []
	readonly #scenario: Scenario
	readonly #truth: Truth
	readonly #machine: Machine
	readonly #tell: (what: string) => void
	readonly #done: Done[] = []
	/** By file, what was written when its process was killed. */
	readonly #keptAtKill = new Map<number, number>()
	/** Small files that a kill left between their write and their name. */
	readonly #scratchesAtKill = new Set<string>()

	constructor(scenario: Scenario, truth: Truth, machine: Machine, tell: (what: string) => void) {
		this.#scenario = scenario
		this.#truth = truth
		this.#machine = machine
		this.#tell = tell
	}

	blame(what: string): void {
		this.wrong.push(what)
		this.#tell(what)
	}

	/** A process has sent so many requests. */
	checkRequests(requests: number): void {
		if (requests > mostRequestsAFile * this.#scenario.files.length) this.blame(`${requests} requests by one process`)
	}

	/** Every byte that goes into a `.part` is at its place in some version, where answers lie about other things than bytes. */
	checkWrite(bytes: Uint8Array, at: number): void {
		if (!bytesAreTrue(this.#scenario)) return
		const end = at + bytes.length
		const known = [...this.#truth.files, this.#truth.elsewhere].some(versions =>
			versions.some(({ body }) => Buffer.compare(body.subarray(at, end), bytes) === 0),
		)
		if (!known) this.blame(`bytes ${at}–${end} were written that are of no version`)
	}

	checkPublishing(from: string, to: string, dirty: boolean): void {
		const bytes = this.#machine.volume.read(from)?.length ?? 0
		if (dirty && this.#isSynced(bytes, this.#scenario.wish)) this.blame(`${to} was published before it was synced`)
	}

	/** A run that reports success has the whole of one version, and what it says of it is true. */
	checkResult(file: number, result: DownloadResult, wish: Wish, streamed: Uint8Array | undefined): void {
		const content = streamed ?? (result.path === null ? undefined : this.#machine.volume.read(result.path))
		if (content === undefined) {
			this.blame(`${result.path} was called done and is not there`)
			return
		}
		if (content.length !== result.bytes) this.blame(`${content.length} bytes are there, ${result.bytes} were reported`)
		const version = this.#truth.identify(file, content)
		const maybeCut = mayEndEarly(this.#scenario) && !result.lengthVerified && !result.skipped
		const beginning = maybeCut ? this.#truth.identifyBeginning(file, content) : undefined
		if (version === undefined && beginning === undefined) this.blame(`wrong bytes in ${result.path ?? 'the stream'}`)
		this.#checkClaims(file, result, wish, content)
		if (wish.checksumOf !== undefined && file === 0 && version?.number !== wish.checksumOf)
			this.blame('the checksum was not of these bytes')
		if (result.path === null) return
		const other = this.#done.findIndex(({ path }) => path === result.path)
		if (other >= 0 && wish.ifExists !== 'overwrite' && !result.skipped) this.blame(`${result.path} was done twice`)
		if (other >= 0) this.#done.splice(other, 1)
		this.#done.push({ path: result.path, content, synced: this.#isSynced(content.length, wish) })
	}

	/** What a run that failed gives as the reason is something that goes wrong in this scenario. */
	checkFailure(file: number, { code, message }: DownloadError, wish: Wish): void {
		const nameTaken = this.#machine.volume.read(`${directory}/file.bin`) !== undefined
		if (!isExcused(code, { scenario: this.#scenario, file, wish, nameTaken }))
			this.blame(`file ${file} failed for nothing that is wrong here, ${code}: ${message}`)
	}

	/** The process died when so many bytes of the file were written, by so many connections. */
	noteKill(file: number, writtenBytes: number, connections: number): void {
		const { origin, disk } = this.#scenario
		// A write is recorded when it has returned, by a write of the journal that may wait for the one before.
		const recordedWithinMs = 2 * (disk.writeMs ?? 0) + 20
		const underWay = Math.max(1, connections) * (2 * blockBytes + (origin.bytesPerSecond * recordedWithinMs) / 1000)
		if (this.#keepsAll) this.#keptAtKill.set(file, writtenBytes - underWay)
	}

	/** A process died, whatever it was at. */
	noteDeath(): void {
		for (const path of scratchesIn(this.#machine.volume)) this.#scratchesAtKill.add(path)
	}

	/** What was written at a kill is used by the next run. */
	checkResumed(file: number, resumedFrom: number): void {
		const least = this.#keptAtKill.get(file)
		this.#keptAtKill.delete(file)
		if (least !== undefined && resumedFrom < least)
			this.blame(`${resumedFrom} bytes were kept of at least ${least} at a kill`)
	}

	/** What was not synced may be gone. */
	powerWasCut(): void {
		this.#keptAtKill.clear()
		for (const done of this.#done.filter(({ synced }) => !synced)) this.#done.splice(this.#done.indexOf(done), 1)
	}

	/** When all is done: what is ours is there and tidy, what is others' as it was. */
	checkFolder(): void {
		for (const { path, content } of this.#done) this.#checkThere(path, content, 'is not what it was when it was done')
		const overwriting = this.#scenario.wish.ifExists === 'overwrite'
		for (const name of this.#machine.disturbed(overwriting)) this.blame(`the stranger's ${name} was touched`)
		for (const path of this.#machine.volume.paths()) this.#checkPath(path)
	}

	/** What was called done, and synced before, outlives a power cut. */
	checkAfterPowerCut(): void {
		for (const { path, content } of this.#done) {
			this.#checkThere(path, content, 'did not outlive a power cut after it was done')
		}
	}

	/** Which length was verified, and by which digests. */
	#checkClaims(file: number, result: DownloadResult, wish: Wish, content: Uint8Array): void {
		const { framing, digests } = this.#scenario.origin
		if (!result.lengthVerified && framing !== 'close') this.blame('the length was told, and is said not to be verified')
		const sha256 = sha256Of(content).toString('hex')
		for (const { algorithm, value } of result.verified) {
			if (algorithm !== 'sha-256' || value !== sha256)
				this.blame(`${algorithm} ${value} was verified, and is not of it`)
		}
		// A file that is there whole is not asked for: nothing but the caller's digest is known then.
		const asked = !result.skipped && result.resumedFrom < result.bytes
		// A mirror that takes over sends none, and no answer of the URL was of any use then, its digest included.
		const ofTheUrl = this.#scenario.mirrors === undefined
		const known =
			(asked && ofTheUrl && digests !== 'none') || (!result.skipped && file === 0 && wish.checksumOf !== undefined)
		if (known && result.verified.length === 0) this.blame('a digest was known and not verified')
	}

	#checkThere(path: string, content: Uint8Array, otherwise: string): void {
		if (Buffer.compare(this.#machine.volume.read(path) ?? new Uint8Array(0), content) !== 0)
			this.blame(`${path} ${otherwise}`)
	}

	#checkPath(path: string): void {
		if (this.#machine.isStrangers(path) || path.includes('.orphan') || this.#scratchesAtKill.has(path)) return
		const content = this.#machine.volume.read(path)
		if (content === undefined) return
		if (/\.part(\.journal(\.new)?)?$/.test(path)) {
			// A kill that leaves an empty file under the name has the next run take the next name.
			const excused = !this.#scenario.disk.links && !path.endsWith('.new')
			if (this.#leavesNothing && !excused) this.blame(`${path} was left`)
		} else if (!this.#done.some(done => done.path === path)) this.#checkUnreported(path, content)
	}

	/** A file under a final name of a run that did not live to report it. */
	#checkUnreported(path: string, content: Uint8Array): void {
		const { origin, disk, lives } = this.#scenario
		const whole = this.#truth.files.some((_, file) => this.#truth.identify(file, content) !== undefined)
		if (whole || origin.framing === 'close') return
		// Without links an empty file holds the name for the blink of an eye in which a process may die.
		if (content.length === 0 && !disk.links) return
		const cut = lives.some(({ ends }) => ends?.by === 'power cut')
		const small = content.length < journalFromBytes && !this.#scenario.wish.sync
		if (!(cut && small)) this.blame(`${path} is whole in no version, and nobody is at work on it`)
	}

	/** Whether a power cut may not take a finished file of so many bytes. */
	#isSynced(bytes: number, wish: Wish): boolean {
		return wish.sync || bytes >= journalFromBytes
	}

	/** Where nothing else goes wrong, a kill costs next to nothing. */
	get #keepsAll(): boolean {
		const { files, origin, spoils, network, disk, lives, wish, goneFromMs } = this.#scenario
		const server =
			goneFromMs === undefined &&
			spoils.length + network.outages.length === 0 &&
			origin.cap === undefined &&
			origin.nodes === undefined &&
			origin.links === undefined
		const journaled = files.every(
			({ versions: [first, ...rest] }) => rest.length === 0 && (first?.bytes ?? 0) >= journalFromBytes,
		)
		const identified =
			origin.ranges && origin.framing === 'length' && origin.validators !== 'none' && origin.validators !== 'weak etag'
		const sound = disk.fails === undefined && disk.fullAfterBytes === undefined && disk.strangers.length === 0
		const alone = lives.every(({ companionAfterMs }) => companionAfterMs === undefined) && wish.target === 'file'
		return server && journaled && identified && sound && alone
	}

	/** What another process at work, a disk that fails, and names that are taken leave about is not looked at. */
	get #leavesNothing(): boolean {
		const { files, disk, lives } = this.#scenario
		const alone = files.length === 1 && lives.every(({ companionAfterMs }) => companionAfterMs === undefined)
		const cut = lives.some(({ ends }) => ends?.by === 'power cut')
		return (
			alone && !cut && disk.fails === undefined && disk.fullAfterBytes === undefined && !disk.strangers.includes('part')
		)
	}
}
