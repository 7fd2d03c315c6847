import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { Writable } from 'node:stream'
import type { Clock, Timer } from '../base/clock.ts'
import { errnoOf } from '../base/disk-error.ts'

const { O_NONBLOCK, O_WRONLY } = constants

/** How often it is looked whether the pipe has a reader by now. */
const lookEveryMs = 50

/**
 * A FIFO as a stream, which takes its first bytes when somebody reads.
 *
 * To open one waits for its reader, and a thread of the pool that waits there cannot be called back: the process could
 * not end before it but by SIGKILL. Asked not to wait, the system says ENXIO as long as there is none.
 */
export function openNamedPipe(path: string, clock: Pick<Clock, 'after'>): Writable {
	return new NamedPipe(path, clock)
}

class NamedPipe extends Writable {
	readonly #path: string
	readonly #clock: Pick<Clock, 'after'>
	#pipe: Socket | undefined
	#waiting: Timer | undefined

	constructor(path: string, clock: Pick<Clock, 'after'>) {
		super()
		this.#path = path
		this.#clock = clock
	}

	override _write(bytes: Uint8Array, _encoding: BufferEncoding, taken: (error?: Error | null) => void): void {
		this.#whenOpen(pipe => pipe.write(bytes, taken))
	}

	/** A body of no bytes waits for a reader too, who is told then that it was one. */
	override _final(ended: () => void): void {
		this.#whenOpen(pipe => pipe.end(ended))
	}

	override _destroy(error: Error | null, destroyed: (error: Error | null) => void): void {
		this.#waiting?.stop()
		this.#pipe?.destroy()
		destroyed(error)
	}

	#whenOpen(use: (pipe: Socket) => void): void {
		try {
			this.#pipe ??= this.#open()
		} catch (error) {
			if (errnoOf(error) === 'ENXIO') this.#waiting = this.#clock.after(lookEveryMs, () => this.#whenOpen(use))
			else this.destroy(error as Error)
			return
		}
		use(this.#pipe)
	}

	/** Throws ENXIO where nobody reads. */
	#open(): Socket {
		const pipe = new Socket({ fd: openSync(this.#path, O_WRONLY | O_NONBLOCK), readable: false, writable: true })
		return pipe.on('error', error => this.destroy(error))
	}
}
