import { expect, test } from 'vitest'
import { proveCutDownloads } from './cut-downloads.ts'

test('a download whose first answer is cut anywhere ends in the right bytes', async () => {
	const { toFiles } = await proveCutDownloads({ every: 9973, seed: 3 })
	expect(toFiles).toBeGreaterThan(3)
})
