import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { flow } from './behaviours/flow.ts'
import { framing } from './behaviours/framing.ts'
import { identity } from './behaviours/identity.ts'
import { machine } from './behaviours/machine.ts'
import { names } from './behaviours/names.ts'
import { ranges } from './behaviours/ranges.ts'
import { security } from './behaviours/security.ts'
import { transport } from './behaviours/transport.ts'
import { hostileServersReference } from './reference.ts'
import { scenarios } from './scenarios.ts'

const chapters = [
	{ title: 'A. Range semantics', behaviours: ranges },
	{ title: 'B. Identity', behaviours: identity },
	{ title: 'C. Framing and coding', behaviours: framing },
	{ title: 'D. Status and flow', behaviours: flow },
	{ title: 'E. Transport', behaviours: transport },
	{ title: 'F. Local machine', behaviours: machine },
	{ title: 'G. File names', behaviours: names },
	{ title: 'H. Security', behaviours: security },
]

test('the catalogue has each number from 1 to 125, once and in order', () => {
	const numbers = chapters.flatMap(({ behaviours }) => behaviours.map(({ number }) => number))
	expect(numbers).toEqual(Array.from({ length: 125 }, (_, index) => index + 1))
})

test('the page of hostile servers is what the tables say: --update makes it', async () => {
	const page = fileURLToPath(new URL('../../docs/reference/hostile-servers.md', import.meta.url))
	await expect(hostileServersReference(scenarios, chapters)).toMatchFileSnapshot(page)
})
