import { test } from 'vitest'
import type { NeedyTest } from '../../support/needs.ts'
import { mayMount } from './mounts.ts'

/**
 * `test` for one that mounts file systems. Unlike what a package brings, the right to mount is the machine's: where it is
 * not given the test is skipped, in CI too, and its name says why.
 */
export const needsMount: NeedyTest = mayMount()
	? (name, run, timeoutMs) => test(name, run, timeoutMs)
	: (name, run) => test.skip(`${name} (skipped: mounting is not allowed)`, run)
