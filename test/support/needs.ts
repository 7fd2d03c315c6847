import { execFileSync } from 'node:child_process'
import { describe, test } from 'vitest'

/** What some tests need and a machine may lack, each with a command that succeeds where it is there. */
const probes: Readonly<Record<Need, readonly [string, ...string[]]>> = {
	nginx: ['nginx', '-v'],
	openssl: ['openssl', 'version'],
	flock: ['flock', '--version'],
	fallocate: ['fallocate', '--version'],
}

export type Need = 'nginx' | 'openssl' | 'flock' | 'fallocate'

/** As much of vitest's `test` as a test that needs something may use. */
export type NeedyTest = (name: string, run: () => void | Promise<void>, timeoutMs?: number) => void

/** As much of vitest's `describe`. */
export type NeedySuite = (name: string, suite: () => void) => void

/**
 * `test` for one that cannot run without `need`.
 *
 * Where it is not there the test is skipped and its name says why; under `CI=true` it fails instead, because a test
 * that is never run protects nothing.
 *
 * @example needs('nginx')('takes a file from nginx', async () => { … })
 */
export function needs(need: Need): NeedyTest {
	if (isThere(need)) return (name, run, timeoutMs) => test(name, run, timeoutMs)
	if (mustRun()) return name => test(name, () => fail(need))
	return (name, run) => test.skip(skipped(name, need), run)
}

/**
 * The same for a suite, which is skipped or fails as one.
 *
 * @example suiteNeeds('nginx')('against a real nginx', () => { test(…) })
 */
export function suiteNeeds(need: Need): NeedySuite {
	if (isThere(need)) return (name, suite) => describe(name, suite)
	if (mustRun()) return name => test(name, () => fail(need))
	return (name, suite) => describe.skip(skipped(name, need), suite)
}

/** Whether the command can be run. */
export function isThere(need: Need): boolean {
	const [command, ...args] = probes[need]
	try {
		execFileSync(command, args, { stdio: 'ignore' })
		return true
	} catch {
		return false
	}
}

function mustRun(): boolean {
	return process.env['CI'] === 'true'
}

function fail(need: Need): never {
	throw new Error(`This needs ${need}, which is not installed`)
}

function skipped(name: string, need: Need): string {
	return `${name} (skipped: ${need} is not installed)`
}
