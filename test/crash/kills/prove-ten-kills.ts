import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { pseudoRandom } from '../../support/body.ts'
import { type Origin, type RequestRecord, startOrigin } from '../../support/origin.ts'
import { startCli } from '../../support/run-cli.ts'
import { seeded } from '../../support/seeded.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { eventsOf } from './command-events.ts'
import { allowedLossBytes, refetchedBytes } from './refetched.ts'

export interface TenKillsOptions {
	readonly bytes: number
	readonly kills: number
	readonly connections: number
	/** Of each connection. */
	readonly bytesPerSecond: number
	readonly seed: number
}

export interface TenKillsFigures {
	readonly seconds: number
	/** What the origin sent beyond the file. */
	readonly refetchedBytes: number
	/** The same for each connection and kill, on the average and at most. */
	readonly refetchedBytesPerConnectionAndKill: number
	readonly refetchedBytesMost: number
	readonly allowedBytesPerConnectionAndKill: number
}

/**
 * One download, killed again and again while its bytes come.
 *
 * Throws an Error where a kill cost a connection more than the law allows, or the file is wrong.
 */
export async function proveTenKills(options: TenKillsOptions): Promise<TenKillsFigures> {
	const { kills, connections, bytesPerSecond } = options
	const body = pseudoRandom(options.bytes)
	const startedMs = performance.now()
	await using origin = await startOrigin({ body, bytesPerSecond })
	await using folder = await tempDir()
	const args = [origin.url(), '-x', String(connections), '-d', folder.path, '--json']
	const random = seeded(options.seed)
	const runs: (readonly RequestRecord[])[] = []
	for (let kill = 0; kill < kills; kill += 1) {
		runs.push(await killedRun(origin, args, (0.2 + 0.8 * random()) * (body.length / (kills + 1)), kill > 0))
	}
	runs.push(await lastRun(origin, args))
	const content = await readFile(join(folder.path, 'file.bin'))
	if (!content.equals(body)) throw new Error('The file is wrong')
	const seconds = (performance.now() - startedMs) / 1000
	return judge(refetchedBytes(runs), origin.bytesSent - body.length, seconds, options)
}

async function killedRun(
	origin: Origin,
	args: readonly string[],
	bytes: number,
	goesOn: boolean,
): Promise<readonly RequestRecord[]> {
	const before = origin.requests.length
	const killAt = origin.bytesSent + bytes
	await using running = startCli(args)
	while (origin.bytesSent < killAt) {
		if (running.child.exitCode !== null) throw new Error(`It ended before it was killed:\n${running.stderr}`)
		await wait(2)
	}
	running.child.kill('SIGKILL')
	const { stdout } = await running.result
	const resumedFrom = eventsOf(stdout)[0]?.resumedFrom ?? 0
	if (resumedFrom > 0 !== goesOn) throw new Error(`It went on from ${resumedFrom}`)
	return origin.requests.slice(before)
}

async function lastRun(origin: Origin, args: readonly string[]): Promise<readonly RequestRecord[]> {
	const before = origin.requests.length
	await using running = startCli(args, { timeoutMs: 120_000 })
	const { code, stderr } = await running.result
	if (code !== 0) throw new Error(`The last run ended with ${code}:\n${stderr}`)
	return origin.requests.slice(before)
}

function judge(losses: readonly number[], beyond: number, seconds: number, options: TenKillsOptions): TenKillsFigures {
	const { kills, connections, bytesPerSecond } = options
	const most = Math.max(...losses)
	const allowed = allowedLossBytes(bytesPerSecond)
	if (most > allowed) throw new Error(`A kill cost a connection ${most} bytes; ${allowed} are allowed`)
	return {
		seconds,
		refetchedBytes: beyond,
		refetchedBytesPerConnectionAndKill: Math.round(beyond / kills / connections),
		refetchedBytesMost: most,
		allowedBytesPerConnectionAndKill: allowed,
	}
}
