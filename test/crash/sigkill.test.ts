import { expect, test } from 'vitest'
import { proveTenKills } from './kills/prove-ten-kills.ts'

test('a kill costs each connection at most 64 KiB and 300 ms of its rate, and never the file', async () => {
	const figures = await proveTenKills({
		bytes: 24_000_000,
		kills: 4,
		connections: 8,
		bytesPerSecond: 1_000_000,
		seed: 11,
	})

	expect(figures.refetchedBytesMost).toBeLessThanOrEqual(figures.allowedBytesPerConnectionAndKill)
}, 120_000)
