import process from 'node:process'
import type { Writable } from 'node:stream'
import { diskError, errnoOf, isNoRoom } from '../base/disk-error.ts'
import { DownloadError } from '../base/errors.ts'

/** A caller's stream seen from our side: one piece at a time, back-pressure honoured, every way to fail an E_IO but for a full disk. */
export class OutwardStream {
	readonly #writable: Writable
	readonly #onError = (error: Error): void => this.#end(broken(error))
	readonly #onClose = (): void => this.#end(broken(undefined))
	/** Set once nothing more can be handed on. */
	#ended: DownloadError | undefined
	/** Rejects what is under way. */
	#interrupt: ((reason: DownloadError) => void) | undefined

	constructor(writable: Writable) {
		this.#writable = writable
		// Without a listener an error of the stream would end the process.
		writable.on('error', this.#onError)
		writable.on('close', this.#onClose)
		if (writable.destroyed || writable.writableEnded) this.#ended = broken(writable.errored ?? undefined)
	}

	/** Resolves when the stream has taken the piece and wants the next. */
	async handOn(piece: Uint8Array): Promise<void> {
		await this.#until(taken => this.#writable.write(piece, error => taken(error)))
		if (this.#writable.writableNeedDrain) await this.#until(taken => this.#writable.once('drain', taken))
	}

	/** Ends the stream and resolves when it has finished. Standard output and error are the process's own and stay open. */
	async end(): Promise<void> {
		if (!this.#isStandard()) await this.#until(taken => this.#writable.end(() => taken()))
		this.#stopListening()
	}

	/** Gives up: rejects what is under way, and destroys a stream that was not ended, so that no reader takes it for whole. */
	letGo(): void {
		this.#end(new DownloadError('E_ABORTED', 'The stream was given up before its end'))
		this.#stopListening()
		if (!this.#isStandard() && !this.#writable.writableFinished) this.#writable.destroy()
	}

	#until(begin: (taken: (error?: Error | null) => void) => void): Promise<void> {
		return new Promise((resolve, reject) => {
			if (this.#ended !== undefined) return reject(this.#ended)
			this.#interrupt = reject
			begin(error => {
				if (error) this.#end(broken(error))
				else resolve()
			})
		})
	}

	#end(reason: DownloadError): void {
		this.#ended ??= reason
		this.#interrupt?.(this.#ended)
	}

	/** The listener for errors stays: a destroyed stream may still report one. */
	#stopListening(): void {
		this.#writable.off('close', this.#onClose)
	}

	#isStandard(): boolean {
		return this.#writable === process.stdout || this.#writable === process.stderr
	}
}

function broken(cause: Error | undefined): DownloadError {
	const code = errnoOf(cause)
	if (isNoRoom(code)) return diskError(cause, 'Cannot write to the output')
	const message = code === undefined ? 'The output stream was closed' : `The output stream was closed (${code})`
	return new DownloadError('E_IO', message, {
		details: { code, syscall: 'write' },
		hint: code === 'EPIPE' ? 'The program that reads our output has ended.' : undefined,
		cause,
	})
}
