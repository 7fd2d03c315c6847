// Run by `needs.test.ts` on a machine that seems to lack nginx.
import { test } from 'vitest'
import { needs, suiteNeeds } from '../support/needs.ts'

needs('nginx')('one test', () => {})

suiteNeeds('nginx')('one suite', () => {
	test('of one test', () => {})
})

test('another test', () => {})
