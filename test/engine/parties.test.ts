import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Parties, type Party } from '../../src/engine/parties.ts'
import { dealt } from '../control/dealt.ts'

const partyAt = (host: string, wanted: number): { -readonly [Key in keyof Party]: Party[Key] } => ({
	...{ host, wanted, connections: 0, receiving: 0, standing: 0, exact: false },
})

test('each gets what would be dealt out to it among those at its host, whatever they wanted before', () => {
	const wish = fc.nat({ max: 40 })
	fc.assert(
		fc.property(fc.array(fc.tuple(wish, wish), { minLength: 1, maxLength: 8 }), wish, (wishes, limit) => {
			const parties = new Parties()
			const all = wishes.map(([before]) => partyAt('a', before))
			for (const party of all) parties.note(party)
			for (const [index, [, wanted]] of wishes.entries()) {
				const party = all[index] as (typeof all)[number]
				party.wanted = wanted
				parties.note(party)
			}
			const shares = all.map(party => parties.shareOf(party, limit, party.wanted))
			const wanted = wishes.map(([, now]) => now)
			expect(shares).toEqual(dealt(limit, wanted))
		}),
	)
})

test('who goes to another host shares that one, and no longer the first', () => {
	const parties = new Parties()
	const [stays, goes] = [partyAt('a', 8), partyAt('a', 8)]
	for (const party of [stays, goes]) parties.note(party)
	expect(parties.shareOf(stays, 8, 8)).toBe(4)
	goes.host = 'b'
	parties.note(goes)
	expect(parties.shareOf(stays, 8, 8)).toBe(8)
	expect(parties.at('a')).toEqual([stays])
	expect(parties.at('b')).toEqual([goes])
})

test('who has left has no share, and takes none', () => {
	const parties = new Parties()
	const [stays, leaves] = [partyAt('a', 8), partyAt('a', 8)]
	for (const party of [stays, leaves]) parties.note(party)
	parties.remove(leaves)
	parties.remove(leaves)
	expect(parties.shareOf(stays, 8, 8)).toBe(8)
	expect(parties.shareOf(leaves, 8, 8)).toBe(0)
	parties.remove(stays)
	expect(parties.at('a')).toEqual([])
})
