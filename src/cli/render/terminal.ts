import type { DownloadResult, DownloadRun } from '../../api/client.ts'
import type { Clock, Timer } from '../../base/clock.ts'
import { escapeForTerminal } from '../../base/escape.ts'
import type { Job, JobEvent, Outcome } from '../../session/session.ts'
import type { Screen } from '../environment.ts'
import { drawExplanation } from './explain.ts'
import { WatchedFile } from './file-view.ts'
import { drawFrame } from './frame.ts'
import { LiveBlock } from './live-block.ts'
import { type Paint, paintFor } from './paint.ts'
import { errorLineOf } from './quiet.ts'
import type { Reporter } from './reporter.ts'
import { describeResult } from './result.ts'
import { wholeOf } from './whole.ts'

/** Eight times a second looks alive; more is work that nobody sees. */
const redrawEveryMs = 125

/** For a person: what is under way is drawn in place, what has ended scrolls up. */
export class TerminalReporter implements Reporter {
	readonly #screen: Screen
	readonly #folder: string
	readonly #paint: Paint
	readonly #block: LiveBlock
	readonly #timer: Timer
	readonly #explain: boolean
	readonly #running = new Map<number, WatchedFile>()
	readonly #tally: { readonly files: number; done: number; failed: number; bytes: number }

	constructor(screen: Screen, folder: string, clock: Clock, files: number, explain: boolean = false) {
		this.#screen = screen
		this.#folder = folder
		this.#explain = explain
		this.#paint = paintFor(screen.colours)
		this.#block = new LiveBlock(screen)
		this.#tally = { files, done: 0, failed: 0, bytes: 0 }
		this.#timer = clock.every(redrawEveryMs, () => this.#redraw())
	}

	begun(job: Job, run: Pick<DownloadRun, 'snapshot'>): void {
		this.#running.set(job.id, new WatchedFile(job, run))
	}

	told(job: Job, event: JobEvent): void {
		this.#running.get(job.id)?.note(event)
		if (event.event === 'notice') this.#block.print(`skein: ${escapeForTerminal(event.message)}`)
	}

	ended(outcome: Outcome): void {
		this.#running.delete(outcome.job.id)
		if (outcome.kind === 'done') {
			this.#tally.done += 1
			this.#tally.bytes += outcome.result.bytes
			this.#block.print(`${this.#paint.good('✓')} ${describeResult(outcome.result, this.#folder)}`)
			if (this.#explain) this.#printExplanation(outcome.result)
		} else {
			this.#tally.failed += 1
			const line = errorLineOf(outcome)
			if (line !== undefined) this.#block.print(line.replace('skein:', this.#paint.bad('skein:')))
		}
		if (this.#running.size === 0) this.#block.clear()
	}

	say(line: string): void {
		this.#block.print(line)
	}

	close(): void {
		this.#timer.stop()
		this.#block.clear()
	}

	#printExplanation(result: DownloadResult): void {
		for (const line of drawExplanation(result, this.#screen.columns(), this.#paint)) this.#block.print(line)
	}

	#redraw(): void {
		const files = [...this.#running.values()].map(file => file.view())
		if (files.length === 0) return
		const whole =
			this.#tally.files === 1
				? undefined
				: wholeOf(
						this.#tally,
						files.map(({ snapshot }) => snapshot),
					)
		const size = { columns: this.#screen.columns(), rows: this.#screen.rows() }
		this.#block.draw(drawFrame(files, whole, size, this.#paint))
	}
}
