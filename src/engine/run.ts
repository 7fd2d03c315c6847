import { CancelSource } from '../base/abort.ts'
import { asDownloadError, DownloadError, isDownloadError } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import type { Hashing } from '../verify/contract.ts'
import { countedTransport } from './counted-transport.ts'
import type { DownloadEvent, DownloadResult, Snapshot } from './events.ts'
import { finishDownload, skippedResult, startHashing } from './finish.ts'
import { letGo } from './let-go.ts'
import { Meter } from './meter.ts'
import type { Begun } from './opening/begun.ts'
import { type Manner, openPatiently } from './opening/patience.ts'
import { prepareRepair } from './repair.ts'
import { Restart } from './restart.ts'
import type { Address } from './sources/address.ts'
import { Succession, type Turn } from './sources/succession.ts'
import type { Command, DownloadSpec, EngineDeps } from './spec.ts'
import { Transfer } from './transfer.ts'

/** Once for a file that changed, once for ranges that are gone; what changes again keeps changing. */
const mostRestarts = 2

/** One download, from the first request to the file under its name. Takes commands and gives facts. */
export class Run {
	/** Settles when everything that the run started has ended. */
	readonly result: Promise<DownloadResult>
	readonly #spec: DownloadSpec
	readonly #deps: EngineDeps
	readonly #meter = new Meter()
	readonly #lifetime = new CancelSource()
	readonly #listeners = new Set<(event: DownloadEvent) => void>()
	readonly #startedMs: number
	readonly #startedCpuMs: number
	#state: Snapshot['state'] = 'probing'
	#begun: Begun | undefined
	/** The digests of the first answer that had any, for those who take over. */
	#told: Manner['told']
	#transfer: Transfer | undefined
	/** What became of the sources in the last transfer; undefined where there was none since the last request was made. */
	#ended: Pick<Transfer, 'worn' | 'mixed'> | undefined
	#connections: DownloadSpec['connections']
	#paused = false

	constructor(spec: DownloadSpec, deps: EngineDeps) {
		this.#spec = spec
		this.#deps = { ...deps, transport: countedTransport(deps.transport, this.#meter) }
		this.#connections = spec.connections
		this.#startedMs = deps.clock.now()
		this.#startedCpuMs = deps.cpuMs()
		this.result = this.#live()
	}

	/** Calls `listener` with everything that happens from now on. Returns how to stop listening. */
	onEvent(listener: (event: DownloadEvent) => void): () => void {
		this.#listeners.add(listener)
		return () => this.#listeners.delete(listener)
	}

	/** Tells listeners something that was noticed outside of the run, on its behalf. */
	notice(message: string): void {
		this.#tell({ event: 'notice', message })
	}

	command(command: Command): void {
		const crew = this.#transfer?.crew
		switch (command.kind) {
			case 'cancel':
				this.#lifetime.cancel(command.reason)
				break
			case 'pause':
				this.#paused = true
				crew?.pause()
				break
			case 'resume':
				this.#paused = false
				crew?.resume()
				break
			case 'set-connections':
				this.#connections = command.connections
				crew?.setConnections(command.connections)
				break
		}
	}

	snapshot(): Snapshot {
		const map = this.#begun?.map
		const bytesDone = map?.writtenBytes ?? 0
		const bytesTotal = map?.bytes ?? null
		const bytesPerSecond = Math.round(this.#meter.goodput.bytesPerSecond ?? 0)
		const left = bytesTotal === null ? null : bytesTotal - bytesDone
		return {
			bytesDone,
			bytesTotal,
			bytesPerSecond,
			connections: this.#transfer?.crew.connections ?? (this.#state === 'probing' ? 1 : 0),
			etaMs: left === null || bytesPerSecond === 0 ? null : Math.round((left * 1000) / bytesPerSecond),
			parts: map?.written ?? [],
			state: this.#transfer?.crew.paused === true ? 'paused' : this.#state,
		}
	}

	async #live(): Promise<DownloadResult> {
		const { maxTimeMs, url } = this.#spec
		const timer =
			maxTimeMs === undefined
				? undefined
				: this.#deps.clock.after(maxTimeMs, () => this.#lifetime.cancel(timeIsUp(url, maxTimeMs)))
		try {
			const result = await this.#takeTurns()
			this.#tell({ event: 'done', ...result })
			return result
		} catch (error) {
			const failure = asDownloadError(error)
			this.#tell({
				event: 'failed',
				code: failure.code,
				message: failure.message,
				hint: failure.hint ?? null,
				error: failure,
			})
			throw failure
		} finally {
			this.#state = 'ended'
			timer?.stop()
		}
	}

	/** One source, or all that may be mixed, after another. */
	async #takeTurns(): Promise<DownloadResult> {
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
		if (!isDownloadError(error) || this.#lifetime.cancelled || this.#streams) throw error
		const { worn, mixed } = this.#ended ?? { worn: addresses.map(({ index }) => index), mixed: false }
		const next = succession.after({ error, worn, mixed, unopened: this.#ended === undefined })
		if (next === undefined) throw error
		const [address] = next.addresses
		const why = next.why === undefined ? '' : ` (${next.why})`
		const how = next.anew ? 'starting over' : 'going on'
		this.notice(`${error.message}; ${how} at ${redactUrl((address as Address).url)}${why}`)
		return next
	}

	/** What went out on a stream cannot be taken back. */
	get #streams(): boolean {
		return this.#begun?.place.sink.abilities.randomAccess === false
	}

	async #begin({ addresses, alone, anew }: Turn): Promise<DownloadResult> {
		const manner: { -readonly [Key in keyof Manner]: Manner[Key] } = {
			...{ ranged: true, only: undefined, told: this.#told },
			...{ addresses, alone, anew },
		}
		for (let restarts = 0; ; restarts += 1) {
			try {
				return await this.#once(manner)
			} catch (error) {
				if (!(error instanceof Restart)) throw error
				if (this.#streams) throw cannotStartOver(this.#spec.url, error)
				if (restarts >= mostRestarts) throw keepsChanging(this.#spec.url, error)
				this.notice(`${redactUrl(this.#spec.url)}: ${error.message}; starting over`)
				manner.anew = true
				// One answer is of one version, however often the versions take turns.
				manner.ranged &&= error.kind !== 'ranges-gone' && restarts === 0
				// The same source: what was committed to is a version of its own.
				manner.addresses = this.#begun === undefined ? addresses : [this.#begun.address]
				manner.only = error.kind === 'ranges-gone' ? this.#begun?.committed : undefined
			}
		}
	}

	async #once(manner: Manner): Promise<DownloadResult> {
		this.#state = 'probing'
		this.#ended = undefined
		const opener = { ...this.#deps, cancel: this.#lifetime, tell: (event: DownloadEvent) => this.#tell(event) }
		const begun = await openPatiently(this.#spec, opener, manner)
		if (begun.kind === 'already-there') return skippedResult(begun, this.#meter)
		const hashing = await startHashing(this.#spec, begun)
		this.#begun = begun
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
		const meter = this.#meter
		const cancel = this.#lifetime
		const spec = { ...this.#spec, connections: this.#connections }
		const transfer = new Transfer(spec, this.#deps, begun, { meter, hashing, cancel, tell: event => this.#tell(event) })
		this.#transfer = transfer
		this.#state = 'transferring'
		let repair: Begun
		try {
			const transferred = transfer.run()
			// It was asked for while there was nothing to pause yet.
			if (this.#paused) transfer.crew.pause()
			await transferred
			return await finishDownload({
				...{ spec, begun, transfer, hashing, meter, cancel },
				...{ startedMs: this.#startedMs, startedCpuMs: this.#startedCpuMs, deps: this.#deps },
				entering: state => {
					this.#state = state
				},
			})
		} catch (error) {
			// Once: what comes damaged a second time is so at its source.
			repair = await this.#letGoUnless(round === 'may be repaired', error, begun, transfer)
		} finally {
			await hashing?.close()
			this.#ended = this.#transfer
			this.#transfer = undefined
		}
		return await this.#carryOut(repair, await startHashing(spec, repair), 'was repaired')
	}

	/** What a further round can begin with. Rejects with what ends the run, when the place is let go. */
	async #letGoUnless(mayRepair: boolean, error: unknown, begun: Begun, transfer: Transfer): Promise<Begun> {
		try {
			if (!mayRepair) throw error
			return await prepareRepair({
				...{ error, begun, mixed: transfer.mixed, spec: this.#spec },
				...{ cancel: this.#lifetime, governor: this.#deps.governor },
				notice: message => this.notice(message),
			})
		} catch (reason) {
			await letGo(begun.place, transfer, reason)
			throw reason
		}
	}

	#tellProbed({ resource, place, resumedFrom }: Begun): void {
		this.#tell({
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
		this.notice(
			'Nothing proves that the mirrors have the same file, so they stand by; with --checksum they share the work',
		)
	}

	/** A listener that throws is its owner's fault, and shows as an unhandled rejection; the download goes on. */
	#tell(event: DownloadEvent): void {
		for (const listener of [...this.#listeners]) {
			try {
				listener(event)
			} catch (error) {
				void Promise.reject(error)
			}
		}
	}
}

function timeIsUp(url: URL, maxTimeMs: number): DownloadError {
	return new DownloadError(
		'E_TIMEOUT',
		`${redactUrl(url)} took longer than the ${maxTimeMs / 1000} s that are allowed`,
		{
			hint: 'The same command goes on from what could be kept.',
		},
	)
}

function cannotStartOver(url: URL, { kind, message }: Restart): DownloadError {
	return new DownloadError(
		kind === 'changed' ? 'E_CHANGED' : 'E_PROTOCOL',
		`${redactUrl(url)}: ${message}, and what was written to the stream cannot be taken back`,
		{ hint: 'Download it to a file: that can begin again.' },
	)
}

function keepsChanging(url: URL, restart: Restart): DownloadError {
	if (restart.kind === 'ranges-gone') return new DownloadError('E_PROTOCOL', `${redactUrl(url)}: ${restart.message}`)
	return new DownloadError('E_CHANGED', `${redactUrl(url)} kept changing while it was downloaded: ${restart.message}`, {
		hint: 'Try again when whoever writes it is done, or pin a version of it.',
	})
}
