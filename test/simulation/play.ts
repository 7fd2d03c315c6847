import type { Timer } from '../../src/base/clock.ts'
import { Attempt } from './attempt.ts'
import type { ReachPoint } from './reach.ts'
import type { Death, DiskStep, Life, Scenario, UserCommand, Wish } from './scenario.ts'
import { Stage } from './stage.ts'

/** What became of a scenario. */
export interface Played {
	/** Everything that happened, in order, for people. */
	readonly lines: readonly string[]
	/** Of all lines: the same for the same scenario and the same program. Takes its time. */
	readonly hash: () => string
	readonly reached: ReadonlySet<ReachPoint>
	/** What no right program does; empty where all went well. */
	readonly wrong: readonly string[]
	readonly requests: number
	readonly virtualMs: number
}

/** Plays a scenario to its end: in virtual time, and to the same end each time. */
export async function play(scenario: Scenario): Promise<Played> {
	const stage = new Stage(scenario)
	const { clock, oracles, trace } = stage
	try {
		await clock.runUntil(new Play(scenario, stage).live())
	} catch (error) {
		oracles.blame(`the simulation broke: ${(error as Error).stack}`)
	}
	return {
		lines: trace.lines,
		hash: () => trace.hash(),
		reached: stage.reached.points,
		wrong: oracles.wrong,
		requests: stage.origin.requests,
		virtualMs: clock.now(),
	}
}

/** From the moment when nothing is wrong any more. Eight retries back off for up to 63 s together; the rest is the transfer. */
const withinMs = 150_000

/** One life of a process after another, until every file is there. */
class Play {
	readonly #scenario: Scenario
	readonly #stage: Stage
	/** The files that are not there yet. */
	#missing: readonly number[]

	constructor(scenario: Scenario, stage: Stage) {
		this.#scenario = scenario
		this.#stage = stage
		this.#missing = scenario.files.map((_, file) => file)
	}

	async live(): Promise<void> {
		const { lives, healedAtMs, files, wish } = this.#scenario
		const { clock, oracles, reached } = this.#stage
		if (files.length > 1) reached.note('two downloads')
		for (const life of lives) await this.#liveOnce(life, wish)
		if (this.#missing.length === 0) reached.note('done under faults')
		await clock.sleep(Math.max(0, healedAtMs - clock.now()))
		await this.#liveInPeace()
		if (this.#missing.length > 0) oracles.blame('not done although nothing is wrong any more')
		oracles.checkFolder()
		this.#stage.cutPower()
		oracles.checkAfterPowerCut()
	}

	async #liveInPeace(): Promise<void> {
		const { spoils, wish } = this.#scenario
		const life = { afterMs: 0, commands: [] }
		await this.#liveOnce(life, this.#sensible(wish))
		// Where bytes were flipped, what was kept of them fails its checksum, and is fetched anew the next time.
		if (spoils.some(({ name }) => name === 'flipped')) await this.#liveOnce(life, this.#sensible(wish))
	}

	/** What the user would ask for who wants the file and nothing else. */
	#sensible(wish: Wish): Wish {
		const { checksumOf, maxTimeMs: _, maxBytes: __, ...rest } = wish
		const last = this.#scenario.files[0]?.versions.length
		const ifExists = wish.ifExists === 'error' ? 'rename' : wish.ifExists
		return { ...rest, retries: 8, ifExists, ...(checksumOf === last ? { checksumOf } : {}) }
	}

	async #liveOnce(life: Life, wish: Wish): Promise<void> {
		if (this.#missing.length === 0) return
		const { clock, reached } = this.#stage
		await clock.sleep(life.afterMs)
		const attempts = this.#begin(life.commands, wish)
		const timers = this.#setTimers(life, wish, attempts)
		// A companion may join them meanwhile.
		for (let settled = 0; settled < attempts.length; settled++) await attempts[settled]?.over
		for (const timer of timers) timer.stop()
		const processes = new Set(attempts.map(({ process }) => process))
		if (processes.size > 1) reached.note('two processes')
		for (const process of processes) if (process.alive) process.blameLeftOpen()
		this.#missing = this.#missing.filter(file => !attempts.some(attempt => attempt.file === file && attempt.done))
	}

	#begin(commands: readonly UserCommand[], wish: Wish): Attempt[] {
		const process = this.#stage.newProcess(wish)
		const attempts = this.#missing.map(file => new Attempt(this.#stage, process, file, wish))
		for (const { afterMs, command } of commands) {
			this.#stage.clock.after(afterMs, () => {
				if (process.alive) for (const attempt of attempts) attempt.command(command)
			})
		}
		return [...attempts]
	}

	#setTimers({ ends, companionAfterMs }: Life, wish: Wish, attempts: Attempt[]): Timer[] {
		const { clock } = this.#stage
		const latestMs = Math.max(clock.now(), this.#scenario.healedAtMs) + withinMs
		const timers = [
			clock.after(latestMs - clock.now(), () => {
				for (const attempt of attempts) attempt.tooLate()
			}),
		]
		// A stream puts off more than one tick, and virtual time would find nothing to do meanwhile.
		if (wish.target !== 'file') timers.push(clock.every(5, () => {}))
		if (companionAfterMs !== undefined)
			timers.push(clock.after(companionAfterMs, () => attempts.push(...this.#begin([], wish))))
		this.#stage.onCall = () => {}
		if (ends === undefined) return timers
		if ('afterMs' in ends) timers.push(clock.after(ends.afterMs, () => this.#end(ends, attempts)))
		else this.#endAtCall(ends, attempts)
		return timers
	}

	#endAtCall(death: Death & { readonly atCall: DiskStep; readonly nth: number }, attempts: readonly Attempt[]): void {
		let left = death.nth
		this.#stage.onCall = (process, call) => {
			if (process !== attempts[0]?.process.name || !isStep(call, death.atCall)) return
			left -= 1
			if (left === 0) this.#end(death, attempts)
		}
	}

	#end({ by }: Death, attempts: readonly Attempt[]): void {
		if (by === 'power cut') {
			this.#stage.reached.note('power cut')
			this.#stage.cutPower()
		} else {
			const [{ process }] = attempts as [Attempt]
			for (const attempt of attempts) if (attempt.process === process) attempt.noteKill()
			this.#stage.kill(process)
			this.#stage.oracles.noteDeath()
		}
		for (const attempt of attempts) if (!attempt.process.alive) attempt.buried()
	}
}

/** A call that failed was no step. */
function isStep(call: string, step: DiskStep): boolean {
	return !/: E[A-Z]+$/.test(call) && (call === step || call.startsWith(`${step} `) || call.includes(` ${step}`))
}
