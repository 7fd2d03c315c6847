import process from 'node:process'
import { test } from 'vitest'
import type { NeedyTest } from '../../support/needs.ts'
import { mayMount } from './mounts.ts'

/** `test` for one that mounts file systems: skipped with a reason where that is not allowed, and a failure in CI. */
export const needsMount: NeedyTest = mayMount()
	? (name, run, timeoutMs) => test(name, run, timeoutMs)
	: (name, run) => {
			if (process.env['CI'] !== 'true') test.skip(`${name} (skipped: mounting is not allowed)`, run)
			else
				test(name, () => {
					throw new Error('This needs to mount file systems, which is not allowed here')
				})
		}
