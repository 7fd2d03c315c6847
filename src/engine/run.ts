import { CancelSource } from '../base/abort.ts'
import { asDownloadError, DownloadError } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import { countedTransport } from './counted-transport.ts'
import { Course } from './course.ts'
import type { DownloadEvent, DownloadResult, Snapshot } from './events.ts'
import { Meter } from './meter.ts'
import type { Command, DownloadSpec, EngineDeps } from './spec.ts'

/** One download, from the first request to the file under its name. Takes commands and gives facts. */
export class Run {
	/** Settles when everything that the run started has ended. */
	readonly result: Promise<DownloadResult>
	readonly #spec: DownloadSpec
	readonly #deps: EngineDeps
	readonly #meter = new Meter()
	readonly #lifetime = new CancelSource()
	readonly #listeners = new Set<(event: DownloadEvent) => void>()
	readonly #course: Course
	#ended = false

	constructor(spec: DownloadSpec, deps: EngineDeps) {
		this.#spec = spec
		this.#deps = { ...deps, transport: countedTransport(deps.transport, this.#meter) }
		this.#course = new Course(spec, this.#deps, {
			...{ meter: this.#meter, cancel: this.#lifetime, startedMs: deps.clock.now(), startedCpuMs: deps.cpuMs() },
			tell: event => this.#tell(event),
		})
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
		switch (command.kind) {
			case 'cancel':
				this.#lifetime.cancel(command.reason)
				break
			case 'pause':
				this.#course.pause()
				break
			case 'resume':
				this.#course.resume()
				break
			case 'set-connections':
				this.#course.setConnections(command.connections)
				break
		}
	}

	snapshot(): Snapshot {
		const { state, begun, fetching } = this.#course
		const map = begun?.map
		const bytesDone = map?.writtenBytes ?? 0
		const bytesTotal = map?.bytes ?? null
		const bytesPerSecond = Math.round(this.#meter.goodput.bytesPerSecond ?? 0)
		const left = bytesTotal === null ? null : bytesTotal - bytesDone
		return {
			bytesDone,
			bytesTotal,
			bytesPerSecond,
			connections: fetching?.connections ?? (this.#ended || state !== 'probing' ? 0 : 1),
			etaMs: left === null || bytesPerSecond === 0 ? null : Math.round((left * 1000) / bytesPerSecond),
			parts: map?.written ?? [],
			state: this.#ended ? 'ended' : fetching?.paused === true ? 'paused' : state,
		}
	}

	async #live(): Promise<DownloadResult> {
		const { maxTimeMs, url } = this.#spec
		const timer =
			maxTimeMs === undefined
				? undefined
				: this.#deps.clock.after(maxTimeMs, () => this.#lifetime.cancel(timeIsUp(url, maxTimeMs)))
		try {
			const result = await this.#course.run()
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
			this.#ended = true
			timer?.stop()
		}
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
