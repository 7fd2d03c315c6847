import { expect, test } from 'vitest'
import { Governor } from '../../src/engine/governor.ts'
import type { Party } from '../../src/engine/parties.ts'
import { createBlockPool } from '../../src/sink/blocks.ts'
import { FakeClock } from '../support/fake-clock.ts'

/** What is looked at for one download must not grow with the others: of a thousand that all did so nothing else would come. */
test('whoever asks for its share among a thousand downloads has none of the others say again what it wants', () => {
	let asked = 0
	const partyAt = (host: string): Party => ({
		...{ host, connections: 1, receiving: 1, standing: 1, exact: false },
		get wanted() {
			asked += 1
			return 2
		},
	})
	const limits = { maxPerHost: 3000, maxConnections: 3000 }
	const governor = new Governor({ clock: new FakeClock(), blocks: createBlockPool(), limits })
	const parties = Array.from({ length: 1000 }, (_, index) => partyAt(`host-${index % 2}`))
	for (const party of parties) governor.join(party, () => {})
	asked = 0
	const shares = parties.map(party => governor.shareOf(party))
	expect(new Set(shares)).toEqual(new Set([2]))
	expect(asked).toBeLessThanOrEqual(2 * parties.length)
})
