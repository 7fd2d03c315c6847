import { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import { judgeLanes, type LaneFacts, type StallPolicy } from '../../control/stall.ts'
import type { Lane } from './lane.ts'
import type { LaneWork } from './lane-work.ts'

/** A lane writes a partly filled block at the latest after this long: what a kill may cost. */
const writeFilledEveryMs = 250
const judgeEveryMs = 250

/** Looks after lanes while they work: has them write what came, and gives up those that are dead or far too slow. */
export class Watch {
	readonly #work: Pick<LaneWork, 'meter' | 'canGoOn'>
	readonly #stallTimeoutMs: number
	#judgedMs = 0
	#writtenMs = 0
	#lastByteMs = 0

	constructor(work: Pick<LaneWork, 'meter' | 'canGoOn'>, stallTimeoutMs: number) {
		this.#work = work
		this.#stallTimeoutMs = stallTimeoutMs
	}

	tick(lanes: readonly Lane[], nowMs: number): void {
		this.#noteGap(lanes)
		if (nowMs - this.#writtenMs >= writeFilledEveryMs) {
			this.#writtenMs = nowMs
			for (const lane of lanes) lane.writeFilled()
		}
		if (nowMs - this.#judgedMs >= judgeEveryMs) {
			this.#judgedMs = nowMs
			this.#judge(lanes, nowMs)
		}
	}

	/** After a sleep: it was no gap between two deliveries. */
	wake(): void {
		this.#lastByteMs = 0
	}

	#noteGap(lanes: readonly Lane[]): void {
		const lastByteMs = Math.max(0, ...lanes.map(lane => (lane.receiving ? lane.silentSinceMs : 0)))
		if (lastByteMs <= this.#lastByteMs) return
		if (this.#lastByteMs > 0) this.#work.meter.gap.note(lastByteMs - this.#lastByteMs)
		this.#lastByteMs = lastByteMs
	}

	#judge(lanes: readonly Lane[], nowMs: number): void {
		const asked = lanes.filter(lane => lane.phase === 'asking' || lane.phase === 'receiving')
		const judgements = judgeLanes(
			asked.map(lane => this.#factsOf(lane)),
			nowMs,
			this.#policy(),
		)
		for (const [index, { judgement }] of judgements.entries()) {
			const lane = asked[index] as Lane
			const { url } = lane.source.locator
			if (judgement === 'dead') lane.abandon(stalled(url, lane.receiving ? 'stopped sending' : 'did not answer'))
			if (judgement === 'slow' && lane.mayReopen) this.#reopen(lane)
		}
	}

	#reopen(lane: Lane): void {
		this.#work.meter.reopened += 1
		lane.reopen(stalled(lane.source.locator.url, 'sends far slower on one connection than on the others'))
	}

	#policy(): StallPolicy {
		const { gap, headDelay, goodput, bestBytesPerSecond } = this.#work.meter
		return {
			stallTimeoutMs: this.#stallTimeoutMs,
			usualGapMs: gap.value,
			headDelayMs: headDelay.value,
			goodputBytesPerSecond: goodput.bytesPerSecond ?? 0,
			bestGoodputBytesPerSecond: bestBytesPerSecond,
		}
	}

	#factsOf(lane: Lane): LaneFacts {
		return {
			id: lane.id,
			source: lane.source.index,
			awaits: lane.receiving ? 'body' : 'head',
			silentSinceMs: lane.silentSinceMs,
			paused: lane.paused,
			// Where a break means to start over, no connection is given up on a doubt.
			doubtful: lane.doubtful && this.#work.canGoOn,
			bytesPerSecond: lane.bytesPerSecond,
			reopened: lane.reopened,
		}
	}
}

function stalled(url: URL, what: string): DownloadError {
	return new DownloadError('E_STALLED', `${redactUrl(url)} ${what}`, { hint: 'A longer --stall-timeout waits longer.' })
}
