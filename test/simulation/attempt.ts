import { DownloadError, isDownloadError } from '../../src/base/errors.ts'
import type { Destination } from '../../src/destination/contract.ts'
import type { DownloadEvent, DownloadResult } from '../../src/engine/events.ts'
import type { Run } from '../../src/engine/run.ts'
import { Reader, StreamedDestination } from '../support/scripted/streamed.ts'
import type { UserCommand, Wish } from './scenario.ts'
import { journalFromBytes, type SimulatedProcess } from './simulated-process.ts'
import { specFor } from './spec-for.ts'
import type { Stage } from './stage.ts'

/** A download of one file by one process, until it ends or the process does. */
export class Attempt {
	readonly file: number
	readonly process: SimulatedProcess
	/** Whether it has brought the file. */
	done = false
	/** Resolves when the run has ended or its process has died. */
	readonly over: Promise<void>
	readonly #stage: Stage
	readonly #wish: Wish
	readonly #run: Run
	readonly #stream: StreamedDestination | undefined
	#end: () => void = () => {}

	constructor(stage: Stage, process: SimulatedProcess, file: number, wish: Wish) {
		this.#stage = stage
		this.file = file
		this.process = process
		this.#wish = wish
		this.#stream = streamFor(stage, wish)
		this.over = new Promise(resolve => {
			this.#end = resolve
		})
		this.#note('begins')
		// The caller knows a digest of the first file alone.
		const known =
			wish.checksumOf === undefined || file > 0 ? undefined : stage.truth.files[0]?.[wish.checksumOf - 1]?.body
		this.#run = process.start(specFor(file, wish, known, file > 0 ? 0 : stage.mirrors), this.#stream ?? this.#folder())
		this.#run.onEvent(event => this.#onEvent(event))
		this.#run.result.then(
			result => this.#finished(result),
			error => this.#failed(error),
		)
	}

	command(command: UserCommand['command']): void {
		const { reached, trace } = this.#stage
		trace.note('user', `${JSON.stringify(command)} for file ${this.file} of ${this.process.name}`)
		const transferring = this.#run.snapshot().state === 'transferring'
		if (typeof command === 'object' && 'limitBytesPerSecond' in command) {
			if (transferring) reached.note('set rate limit')
			const { limitBytesPerSecond: limit } = command
			this.process.setLimit(limit === 'none' ? undefined : limit)
			return
		}
		if (typeof command === 'object') {
			if (transferring) reached.note('set connections')
			this.#run.command({ kind: 'set-connections', connections: command.connections })
			return
		}
		if (transferring && command !== 'resume') reached.note(command)
		if (command !== 'cancel') this.#run.command({ kind: command })
		else this.#run.command({ kind: 'cancel', reason: new DownloadError('E_ABORTED', 'enough') })
	}

	/** Its process is about to be killed. */
	noteKill(): void {
		const { bytesDone, connections, state } = this.#run.snapshot()
		if (state === 'transferring') this.#stage.oracles.noteKill(this.file, bytesDone, connections)
	}

	/** Its process has died. */
	buried(): void {
		this.#end()
	}

	tooLate(): void {
		if (!this.process.alive) return
		const { state, bytesDone, connections } = this.#run.snapshot()
		const { oracles } = this.#stage
		oracles.blame(
			`${this.process.name} is stuck on file ${this.file}: ${state}, ${bytesDone} bytes, ${connections} lanes`,
		)
		this.process.die()
		this.#end()
	}

	#folder(): Destination {
		const { ifExists, sync } = this.#wish
		return this.process.folder(ifExists, sync, message => this.#note(`notice: ${message}`))
	}

	#onEvent(event: DownloadEvent): void {
		const { reached } = this.#stage
		if (event.event === 'probed') this.#probed(event.bytes, event.resumedFrom)
		else if (event.event === 'retry') {
			this.#note(`again in ${event.delayMs.toFixed(0)} ms, ${event.code}: ${event.message}`)
			reached.note('retry')
			if (event.code === 'E_STALLED') reached.note('stalled lane')
			if (event.message.includes('far slower')) reached.note('re-opened lane')
		} else if (event.event === 'notice') {
			this.#note(event.message)
			if (event.message.endsWith('starting over')) reached.note('restart')
			if (event.message.endsWith('fetching them once more')) reached.note('repair')
			if (event.message.includes('is left out')) reached.note('mirror left out')
			if (event.message.includes('the digest was wrong')) reached.note('blame')
			if (event.message.includes('going on at') || event.message.includes('with --checksum, mirrors go on'))
				reached.note('mirror change')
		}
	}

	#probed(bytes: number | null, resumedFrom: number): void {
		const { oracles, reached, powerWasCut } = this.#stage
		this.#note(`${bytes} bytes, ${resumedFrom} of them kept`)
		oracles.checkResumed(this.file, resumedFrom)
		if (resumedFrom > 0) reached.note(powerWasCut ? 'resume after a power cut' : 'resume')
	}

	#finished(result: DownloadResult): void {
		// It died with nothing left to do but to say so.
		if (!this.process.alive) return
		this.#note(`done, ${result.bytes} bytes in ${result.path ?? 'the stream'}`)
		if (result.bytes < journalFromBytes) this.#stage.reached.note('small file')
		if ((result.explanation?.heldByLimitMs ?? 0) > 0) this.#stage.reached.note('rate limit')
		if ((result.explanation?.hedged ?? 0) > 0) this.#stage.reached.note('hedge')
		this.#stage.oracles.checkResult(this.file, result, this.#wish, this.#stream?.content())
		this.done = true
		this.#end()
	}

	#failed(error: DownloadError): void {
		if (!this.process.alive) return
		const { oracles, reached } = this.#stage
		this.#note(`${error.code}: ${error.message}`)
		if (!isDownloadError(error) || error.code === 'E_INTERNAL') {
			oracles.blame(`${this.process.name}: ${(error.cause as Error | undefined)?.stack ?? error.stack}`)
		} else oracles.checkFailure(this.file, error, this.#wish)
		if (error.code === 'E_LOCKED') reached.note('locked')
		if (error.code === 'E_CHECKSUM') reached.note('checksum refused')
		this.#end()
	}

	#note(what: string): void {
		this.#stage.trace.note(this.process.name, `file ${this.file}: ${what}`)
	}
}

function streamFor({ clock, reached }: Stage, { target }: Wish): StreamedDestination | undefined {
	if (target === 'file') return undefined
	reached.note('stream')
	return new StreamedDestination(new Reader(clock, target.readerBytesPerSecond), target.windowBytes)
}
