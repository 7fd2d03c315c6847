import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { exitCodesReference, explainReference, optionsReference } from '../../src/cli/reference.ts'

const page = (name: string): Promise<string> =>
	readFile(new URL(`../../docs/reference/${name}`, import.meta.url), 'utf8')

test('the pages made from lists in the code are up to date: `npm run docs` makes them', async () => {
	expect(await page('options.md')).toBe(optionsReference())
	expect(await page('exit-codes.md')).toBe(exitCodesReference())
	expect(await page('explain.md')).toBe(explainReference())
})
