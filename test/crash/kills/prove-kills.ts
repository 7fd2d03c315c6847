import { rm } from 'node:fs/promises'
import type { RequestRecord } from '../../support/origin.ts'
import { type CliResult, startCli } from '../../support/run-cli.ts'
import { seeded } from '../../support/seeded.ts'
import { eventsOf } from './command-events.ts'
import { allowedLossBytes, refetchedBytes } from './refetched.ts'
import { type Remains, remainsIn, type Stage, stages } from './remains.ts'
import { type Admitted, fileName, openStand } from './stand.ts'
import { carryOut, type Strike } from './strike.ts'
import { chooseTrial, type Trial } from './trial.ts'

export interface KillOptions {
	readonly kills: number
	readonly seed: number
	/** Downloads at once. */
	readonly atOnce: number
}

export interface KillFigures {
	kills: number
	downloads: number
	/** Strikes that came too late: the command had ended. */
	missed: number
	/** Runs that went on with bytes of a killed one. */
	resumed: number
	/** By what lay in the folder when the process had died. */
	readonly diedWith: Record<Stage, number>
	/** What a kill cost a connection of a download with a journal: bytes that the origin sent to two runs. */
	refetchedBytesPerConnectionAndKill: number
	/** The same as a part of what is allowed, 64 KiB and 300 ms of its rate, on the average and at most. */
	refetchedOfAllowed: number
	refetchedOfAllowedMost: number
}

/** A run that hangs for so long is stuck. */
const timeoutMs = 60_000

/**
 * Kills the real command at random moments and runs it again until its file is there.
 *
 * After every kill, and at the end: what has a final name is whole and right. In the end the command succeeds, and
 * leaves neither a `.part` nor a journal. Throws an Error that names the trial where it is not so.
 */
export async function proveKills({ kills, seed, atOnce }: KillOptions): Promise<KillFigures> {
	await using stand = await openStand()
	const figures = noFigures()
	const losses: Loss[] = []
	let begun = 0
	const work = async (): Promise<void> => {
		while (figures.kills < kills) {
			const number = begun++
			const trial = chooseTrial(seeded(seed * 100_000 + number))
			const admitted = await stand.admit(trial)
			await new Torment(trial, admitted, figures, losses).toTheEnd().catch((cause: unknown) => {
				throw new Error(`Trial ${number} of seed ${seed}, ${nameOf(trial)}: ${String(cause)}`, { cause })
			})
			await rm(admitted.folder, { recursive: true })
		}
	}
	await Promise.all(Array.from({ length: atOnce }, work))
	return { ...figures, ...sumUp(losses) }
}

interface Loss {
	readonly bytes: number
	readonly allowedBytes: number
}

function sumUp(losses: readonly Loss[]): Partial<KillFigures> {
	const parts = losses.map(({ bytes, allowedBytes }) => bytes / allowedBytes)
	return {
		refetchedBytesPerConnectionAndKill: Math.round(mean(losses.map(({ bytes }) => bytes))),
		refetchedOfAllowed: mean(parts),
		refetchedOfAllowedMost: Math.max(0, ...parts),
	}
}

function mean(values: readonly number[]): number {
	return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** One download under its kills. */
class Torment {
	readonly #trial: Trial
	readonly #admitted: Admitted
	readonly #figures: KillFigures
	readonly #losses: Loss[]
	/** The requests of each run that worked for the same file. */
	#runs: (readonly RequestRecord[])[] = []

	constructor(trial: Trial, admitted: Admitted, figures: KillFigures, losses: Loss[]) {
		this.#trial = trial
		this.#admitted = admitted
		this.#figures = figures
		this.#losses = losses
	}

	async toTheEnd(): Promise<void> {
		this.#figures.downloads += 1
		for (const strike of this.#trial.strikes) {
			const result = await this.#run(strike)
			const { stage, right } = await this.#remains()
			if (right.length > 0) this.#settle()
			if (result.signal !== 'SIGKILL') {
				this.#judgeMissed(result, strike)
				this.#figures.missed += 1
				break
			}
			this.#figures.kills += 1
			this.#figures.diedWith[stage] += 1
		}
		this.#judge(await this.#run(), await this.#remains())
		this.#settle()
	}

	/** The file has its name: what a later run fetches is fetched for another one. */
	#settle(): void {
		const { journaled, bytesPerSecond } = this.#trial
		const allowedBytes = allowedLossBytes(bytesPerSecond)
		if (journaled) this.#losses.push(...refetchedBytes(this.#runs).map(bytes => ({ bytes, allowedBytes })))
		this.#runs = []
	}

	async #run(strike?: Strike): Promise<CliResult> {
		const { args, folder, requests } = this.#admitted
		const bytes = this.#trial.body.length
		const before = requests().length
		const ofThisRun = (): readonly RequestRecord[] => requests().slice(before)
		await using running = startCli(args, { timeoutMs })
		const sentBytes = (): number => ofThisRun().reduce((sum, request) => sum + request.bytesSent, 0)
		if (strike !== undefined) await carryOut(strike, { running, folder, bytes, sentBytes })
		const result = await running.result
		this.#runs.push(ofThisRun())
		if ((eventsOf(result.stdout)[0]?.resumedFrom ?? 0) > 0) this.#figures.resumed += 1
		return result
	}

	#remains(): Promise<Remains> {
		const { body, earlier } = this.#trial
		return remainsIn(this.#admitted.folder, { name: fileName, body, earlier })
	}

	/** The strike came too late: the run must have ended as a run may that nobody killed. */
	#judgeMissed({ code, signal, stdout, stderr }: CliResult, strike: Strike): void {
		// The signal itself ends a run that was over but for its exit.
		const stopped = strike.at === 'a stop' && (code === 130 || code === 143 || signal === strike.signal)
		const exists = this.#trial.ifExists === 'error' && code === 9
		if (code !== 0 && !stopped && !exists) throw new Error(`A run ended with ${code} by itself:\n${stdout}${stderr}`)
	}

	#judge({ code, stdout, stderr }: CliResult, { right, orphans, unfinished }: Remains): void {
		// A run that was killed after it had named the file leaves the next one with a file that exists.
		const exists = this.#trial.ifExists === 'error' && code === 9
		if (code !== 0 && !exists) throw new Error(`The last run ended with ${code}:\n${stdout}${stderr}`)
		if (right.length === 0) throw new Error(`No file after the last run:\n${stdout}${stderr}`)
		if (unfinished.length > 0) throw new Error(`Left behind: ${unfinished.join(', ')}`)
		if (this.#trial.journaled && orphans.length > 0) throw new Error(`Not trusted: ${orphans.join(', ')}`)
	}
}

function noFigures(): KillFigures {
	return {
		kills: 0,
		downloads: 0,
		missed: 0,
		resumed: 0,
		diedWith: Object.fromEntries(stages.map(stage => [stage, 0])) as Record<Stage, number>,
		refetchedBytesPerConnectionAndKill: 0,
		refetchedOfAllowed: 0,
		refetchedOfAllowedMost: 0,
	}
}

function nameOf({ body, tls, options, bytesPerSecond, strikes }: Trial): string {
	const { length } = body
	return JSON.stringify({ bytes: length, tls, options, bytesPerSecond, strikes })
}
