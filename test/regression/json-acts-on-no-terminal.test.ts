import { expect, test } from 'vitest'
import { jsonLine } from '../../src/cli/render/json.ts'

test.each(['\u009b2J', '\u007f', '\u0085', '\u202egnp.exe', '\u2028', '\u200b', '\ud800', '\u{e0041}', '\u001b[31m'])(
	'%j is read from a line of --json as it is, and does not stand in it',
	text => {
		const line = jsonLine({ path: `/home/me/${text}`, [text]: 1 })
		expect(line).toMatch(/^[\x20-\x7e]*$/)
		expect(JSON.parse(line)).toEqual({ path: `/home/me/${text}`, [text]: 1 })
	},
)
