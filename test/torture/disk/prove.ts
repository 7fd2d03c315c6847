import type { Random } from '../../../src/base/random.ts'
import { seeded } from '../../support/seeded.ts'
import { damages, resumeDamaged } from './damaged-journal.ts'
import { countCalls, faults, type Tortured, torture } from './failing-calls.ts'
import { finalPath, type Scenario, scenarios } from './scenario.ts'

export interface DiskTortureOptions {
	/** How many of all the cases are tried, by chance. @default 1: every one */
	readonly share?: number
	readonly seed: number
}

export interface DiskTortureFigures {
	/** Downloads with a call that failed. */
	readonly failures: number
	/** How those ended, by error code; `done` where the fault did no harm. */
	readonly ended: Readonly<Record<string, number>>
	/** How many of the runs after those went on from what was kept. */
	readonly wentOn: number
	/** Runs on a journal that was damaged at one byte. */
	readonly damagedJournals: number
	/** How many of those went on from a part of it. */
	readonly partlyTrusted: number
}

/**
 * Fails every call of the disk in every way, and damages every byte of a journal in every way. Throws for the first case
 * that does not end as it must, with its name.
 */
export async function proveDiskTorture({ share = 1, seed }: DiskTortureOptions): Promise<DiskTortureFigures> {
	const random = seeded(seed)
	const chosen = (): boolean => share >= 1 || random() < share
	const all = await scenarios(seed)
	const ended: Record<string, number> = {}
	let failures = 0
	let wentOn = 0
	for await (const tortured of failEveryCall(all, chosen, random)) {
		failures += 1
		ended[tortured.ended] = (ended[tortured.ended] ?? 0) + 1
		wentOn += tortured.wentOn ? 1 : 0
	}
	const journals = await damageEveryByte(all.find(({ name }) => name === 'resumed') as Scenario, chosen)
	return { failures, ended, wentOn, ...journals }
}

async function* failEveryCall(
	all: readonly Scenario[],
	chosen: () => boolean,
	random: Random,
): AsyncGenerator<Tortured, void> {
	for (const scenario of all) {
		const calls = await countCalls(scenario)
		for (const fault of faults) {
			for (let k = 1; k <= calls; k++) {
				if (!chosen()) continue
				yield await named(`${scenario.name}, ${fault.name}, call ${k}`, () => torture(scenario, fault, k, random))
			}
		}
	}
}

async function damageEveryByte(
	scenario: Scenario,
	chosen: () => boolean,
): Promise<Pick<DiskTortureFigures, 'damagedJournals' | 'partlyTrusted'>> {
	const { length } = scenario.begin().read(`${finalPath}.part.journal`) as Uint8Array
	let damagedJournals = 0
	let partlyTrusted = 0
	for (const damage of damages) {
		for (let at = 0; at < length; at++) {
			if (!chosen()) continue
			const kept = await named(`journal ${damage.name} at ${at}`, () => resumeDamaged(scenario, damage, at))
			damagedJournals += 1
			partlyTrusted += kept > 0 ? 1 : 0
		}
	}
	return { damagedJournals, partlyTrusted }
}

async function named<T>(name: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work()
	} catch (error) {
		const { message, cause } = error as Error
		throw new Error(`${name}: ${message}${cause === undefined ? '' : `: ${(cause as Error).message}`}`, {
			cause: error,
		})
	}
}
