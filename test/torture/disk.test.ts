import { expect, test } from 'vitest'
import { proveDiskTorture } from './disk/prove.ts'

test('whatever call of the disk fails, and however a journal is damaged, nothing wrong comes of it', {
	timeout: 120_000,
}, async () => {
	const figures = await proveDiskTorture({ share: 0.02, seed: 1 })
	expect(figures.ended['E_IO']).toBeGreaterThan(0)
	expect(figures.ended['E_NO_SPACE']).toBeGreaterThan(0)
	expect(figures.ended['done']).toBeGreaterThan(0)
	expect(figures.wentOn).toBeGreaterThan(0)
	expect(figures.partlyTrusted).toBeGreaterThan(0)
})
