import type { CancelSource } from '../base/abort.ts'
import { isDownloadError } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import type { Hashing } from '../verify/contract.ts'
import type { DownloadEvent, DownloadResult, Snapshot } from './events.ts'
import type { Fetching } from './fetching.ts'
import { finishDownload, skippedResult, startHashing } from './finish.ts'
import { letGo } from './let-go.ts'
import type { Meter } from './meter.ts'
import type { Begun } from './opening/begun.ts'
import { type Manner, openPatiently } from './opening/patience.ts'
import { prepareRepair } from './repair.ts'
import { Restart } from './restart.ts'
import { Restarts } from './restarts.ts'
import { isShort, ShortFile } from './short-file.ts'
import type { Address } from './sources/address.ts'
import { Succession, type Turn } from './sources/succession.ts'
import type { DownloadSpec, EngineDeps } from './spec.ts'
import { Transfer } from './transfer.ts'

/** What the course of a download is given by the run that it is of. */
export interface CourseDeps {
	readonly meter: Meter
	readonly cancel: CancelSource
	readonly startedMs: number
	readonly startedCpuMs: number
	readonly tell: (event: DownloadEvent) => void
}

/**
 * What becomes of a download on its way to the file: a transfer, and what follows where it does not do. In this order: one
 * repair of what came damaged, few restarts of what changed, and turns of other sources.
 */
export class Course {
	state: Exclude<Snapshot['state'], 'paused' | 'ended'> = 'probing'
	/** What the last transfer began with; undefined while none has. */
	begun: Begun | undefined
	readonly #spec: DownloadSpec
	readonly #deps: EngineDeps
	readonly #more: CourseDeps
	/** The digests of the first answer that had any, for those who take over. */
	#told: Manner['told']
	#fetching: Fetching<unknown> | undefined
	/** What became of the sources in the last transfer; undefined where there was none since the last request was made. */
	#ended: Pick<Fetching<unknown>, 'worn' | 'mixed'> | undefined
	#connections: DownloadSpec['connections']
	#paused = false

	constructor(spec: DownloadSpec, deps: EngineDeps, more: CourseDeps) {
		this.#spec = spec
		this.#deps = deps
		this.#more = more
		this.#connections = spec.connections
	}

	/** What is at work; undefined where nothing is. */
	get fetching(): Pick<Fetching<unknown>, 'connections' | 'paused'> | undefined {
		return this.#fetching
	}

	pause(): void {
		this.#paused = true
		this.#fetching?.pause()
	}

	resume(): void {
		this.#paused = false
		this.#fetching?.resume()
	}

	setConnections(connections: DownloadSpec['connections']): void {
		this.#connections = connections
		this.#fetching?.setConnections(connections)
	}

	/** One source, or all that may be mixed, after another. Settles when all that was started has ended. */
	async run(): Promise<DownloadResult> {
		const succession = new Succession(this.#spec)
		let turn = succession.first
		for (;;) {
			try {
				return await this.#begin(turn)
			} catch (error) {
				turn = this.#nextTurn(succession, turn, error)
			}
		}
	}

	/** Throws the error where nobody is left who could do better. */
	#nextTurn(succession: Succession, { addresses }: Turn, error: unknown): Turn {
		if (!isDownloadError(error) || this.#more.cancel.cancelled || this.#streams) throw error
		const { worn, mixed } = this.#ended ?? { worn: addresses.map(({ index }) => index), mixed: false }
		const next = succession.after({ error, worn, mixed, unopened: this.#ended === undefined })
		if (next === undefined) throw error
		const [address] = next.addresses
		const why = next.why === undefined ? '' : ` (${next.why})`
		const how = next.anew ? 'starting over' : 'going on'
		this.#notice(`${error.message}; ${how} at ${redactUrl((address as Address).url)}${why}`)
		return next
	}

	/** What went out on a stream cannot be taken back. */
	get #streams(): boolean {
		return this.begun?.place.sink.abilities.randomAccess === false
	}

	async #begin(turn: Turn): Promise<DownloadResult> {
		const restarts = new Restarts(this.#spec.url, turn, this.#told)
		for (;;) {
			try {
				return await this.#once(restarts.manner)
			} catch (error) {
				if (!(error instanceof Restart)) throw error
				restarts.note(error, this.begun, this.#streams)
				this.#notice(`${redactUrl(this.#spec.url)}: ${error.message}; starting over`)
			}
		}
	}

	async #once(manner: Manner): Promise<DownloadResult> {
		this.state = 'probing'
		this.#ended = undefined
		const opener = { ...this.#deps, cancel: this.#more.cancel, tell: this.#more.tell }
		const begun = await openPatiently(this.#spec, opener, manner)
		if (begun.kind === 'already-there') return skippedResult(begun, this.#more.meter)
		await this.#deps.governor.hosts.loaded()
		const hashing = await startHashing(this.#spec, begun)
		this.begun = begun
		this.#noteTold(begun)
		this.#tellProbed(begun)
		this.#sayWhoStandsBy(begun)
		try {
			return await this.#carryOut(begun, hashing, 'may be repaired')
		} finally {
			await this.#deps.governor.hosts.settled()
		}
	}

	async #carryOut(
		begun: Begun,
		hashing: Hashing | undefined,
		round: 'may be repaired' | 'was repaired',
	): Promise<DownloadResult> {
		const { meter, cancel, startedMs, startedCpuMs } = this.#more
		const spec = this.#spec
		this.state = 'transferring'
		let repair: Begun
		try {
			const fetching = await this.#fetch(begun, hashing)
			return await finishDownload({
				...{ spec, begun, fetching, hashing, meter, cancel },
				...{ startedMs, startedCpuMs, deps: this.#deps },
				entering: state => {
					this.state = state
				},
			})
		} catch (error) {
			// Once: what comes damaged a second time is so at its source.
			repair = await this.#letGoUnless(round === 'may be repaired', error, begun)
		} finally {
			await hashing?.close()
			this.#ended = this.#fetching
			this.#fetching = undefined
		}
		return await this.#carryOut(repair, await startHashing(spec, repair), 'was repaired')
	}

	/** Resolves with what has fetched the last byte. */
	async #fetch(begun: Begun, hashing: Hashing | undefined): Promise<Fetching<unknown>> {
		const { meter, cancel, tell } = this.#more
		const left = isShort(begun, this.#spec, this.#deps)
			? await this.#runToEnd(new ShortFile(begun, this.#specNow, this.#deps, meter))
			: begun
		if (left !== undefined) {
			await this.#runToEnd(new Transfer(this.#specNow, this.#deps, left, { meter, hashing, cancel, tell }))
		}
		return this.#fetching as Fetching<unknown>
	}

	async #runToEnd<Left>(fetching: Fetching<Left>): Promise<Left> {
		this.#fetching = fetching
		const fetched = fetching.run()
		// It was asked for while there was nothing to pause yet.
		if (this.#paused) fetching.pause()
		return await fetched
	}

	get #specNow(): DownloadSpec {
		return { ...this.#spec, connections: this.#connections }
	}

	/** What a further round can begin with. Rejects with what ends the run, when the place is let go. */
	async #letGoUnless(mayRepair: boolean, error: unknown, begun: Begun): Promise<Begun> {
		const fetching = this.#fetching as Fetching<unknown>
		try {
			if (!mayRepair) throw error
			return await prepareRepair({
				...{ error, begun, mixed: fetching.mixed, spec: this.#spec },
				...{ cancel: this.#more.cancel, governor: this.#deps.governor },
				notice: message => this.#notice(message),
			})
		} catch (reason) {
			await letGo(begun.place, fetching, reason)
			throw reason
		}
	}

	#tellProbed({ resource, place, resumedFrom }: Begun): void {
		this.#more.tell({
			event: 'probed',
			url: redactUrl(resource.url),
			path: place.path ?? null,
			bytes: resource.bytes ?? null,
			ranges: resource.ranges,
			validator: resource.validator,
			resumedFrom,
		})
	}

	/** Whoever takes over has to keep what was told, unless the caller knows better; only who told it may tell otherwise. */
	#noteTold({ address: { index }, digests }: Begun): void {
		if (this.#spec.checksum !== undefined) return
		if (digests.length > 0 && (this.#told === undefined || this.#told.by === index)) this.#told = { by: index, digests }
	}

	/** Mirrors that nothing proves anything of are of use only when the URL itself fails. */
	#sayWhoStandsBy({ digests, alone }: Begun): void {
		const { mirrors } = this.#spec
		if (mirrors.length === 0 || alone || digests.length > 0) return
		this.#notice(
			'Nothing proves that the mirrors have the same file, so they stand by; with --checksum they share the work',
		)
	}

	#notice(message: string): void {
		this.#more.tell({ event: 'notice', message })
	}
}
