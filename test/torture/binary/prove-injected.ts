import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { eventsOf } from '../../crash/kills/command-events.ts'
import { remainsIn } from '../../crash/kills/remains.ts'
import { pseudoRandom } from '../../support/body.ts'
import { type Origin, startOrigin } from '../../support/origin.ts'
import { runCli } from '../../support/run-cli.ts'
import { seeded } from '../../support/seeded.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { countCalls, type Injection, runInjected, type TracedRun } from './strace.ts'

export interface InjectedFigures {
	/** How many single faults there are to choose from. */
	possible: number
	injected: number
	/** By how the run with the fault ended: `right`, an error's code, or `killed`. */
	readonly ended: Record<string, number>
	/** Runs without a fault that went on with bytes of one that had failed. */
	resumed: number
}

/** A download with one segment's end in it that a killed run left, or none. */
const manners = ['new', 'resumed'] as const
type Manner = (typeof manners)[number]

interface Case extends Injection {
	readonly manner: Manner
}

const body = pseudoRandom(5_000_000)
const truth = { name: 'file.bin', body, earlier: undefined }
/** Where the run that is to be resumed dies: some half of its bytes are written then. */
const halfway: Injection = { call: 'pwrite64', when: 25, fault: 'SIGKILL' }

/** At most so many of one kind of call: most are writes, and all of those are alike. */
const mostOfACall = 20

/**
 * Lets single calls of the real command fail, or end it, and runs it again without a fault.
 *
 * Throws an Error where a run with a fault ends otherwise than right or with a disk error, or the next one does not get
 * the file.
 */
export async function proveInjected({ most, seed }: { most: number; seed: number }): Promise<InjectedFigures> {
	await using folder = await tempDir()
	await using origin = await startOrigin({
		body,
		totalBytesPerSecond: 20_000_000,
	})
	const all = await possibleCases(origin, folder.path)
	const figures: InjectedFigures = {
		possible: all.length,
		injected: 0,
		ended: {},
		resumed: 0,
	}
	const faults: string[] = []
	for (const chosen of sample(all, most, seed)) {
		await suffer(origin, join(folder.path, 'target'), chosen, figures).catch((cause: unknown) => {
			faults.push(`${JSON.stringify(chosen)}: ${cause}`)
		})
	}
	if (faults.length > 0) throw new Error(`${faults.length} of ${figures.injected} ended wrongly:\n${faults.join('\n')}`)
	return figures
}

async function possibleCases(origin: Origin, root: string): Promise<Case[]> {
	const cases: Case[] = []
	for (const manner of manners) {
		const folder = join(root, manner)
		await prepare(origin, folder, manner)
		const counts = await countCalls(argsOf(origin, folder), folder, join(root, 'log'))
		for (const [call, count] of counts) {
			const faults =
				call === 'link' ? (['EIO', 'ENOSPC', 'EPERM', 'SIGKILL'] as const) : (['EIO', 'ENOSPC', 'SIGKILL'] as const)
			for (let when = 1; when <= Math.min(count, mostOfACall); when += 1) {
				cases.push(...faults.map(fault => ({ call, when, fault, manner })))
			}
		}
	}
	return cases
}

async function suffer(origin: Origin, folder: string, chosen: Case, figures: InjectedFigures): Promise<void> {
	await prepare(origin, folder, chosen.manner)
	const args = argsOf(origin, folder)
	figures.injected += 1
	const ending = endingOf(await runInjected(args, folder, chosen), chosen.fault)
	figures.ended[ending] = (figures.ended[ending] ?? 0) + 1
	const { right } = await remainsIn(folder, truth)
	if (ending === 'right' && right.length === 0) throw new Error('It said that it was done, and there is no file')
	const { code, stdout, stderr } = await runCli(args)
	if (code !== 0) throw new Error(`The run after it ended with ${code}:\n${stdout}${stderr}`)
	if ((eventsOf(stdout)[0]?.resumedFrom ?? 0) > 0) figures.resumed += 1
	const after = await remainsIn(folder, truth)
	if (after.right.length === 0) throw new Error(`There is no file after the run without a fault:\n${stdout}`)
	if (after.unfinished.length > 0) throw new Error(`Left behind: ${after.unfinished.join(', ')}`)
	if (after.orphans.length > 0) throw new Error(`Not trusted: ${after.orphans.join(', ')}`)
}

async function prepare(origin: Origin, folder: string, manner: Manner): Promise<void> {
	await rm(folder, { recursive: true, force: true })
	await mkdir(folder)
	if (manner === 'new') return
	const { code } = await runInjected(argsOf(origin, folder), folder, halfway)
	if (code !== null) throw new Error(`The run that was to be killed halfway ended with ${code}`)
}

function endingOf({ code, stdout, stderr }: TracedRun, fault: Injection['fault']): string {
	if (code === null && fault === 'SIGKILL') return 'killed'
	if (code === 0) return 'right'
	const error = eventsOf(stdout).find(({ event }) => event === 'failed')?.code
	if (code !== 8 || error === undefined) throw new Error(`It ended with ${code}:\n${stdout}${stderr}`)
	return error
}

function argsOf(origin: Origin, folder: string): string[] {
	return [origin.url(), '-d', folder, '-x', '3', '--json']
}

/** All where there are no more than `most`. */
function sample(cases: readonly Case[], most: number, seed: number): Case[] {
	const random = seeded(seed)
	return cases
		.map(one => ({ one, rank: random() }))
		.sort((a, b) => a.rank - b.rank)
		.slice(0, most)
		.map(({ one }) => one)
}
