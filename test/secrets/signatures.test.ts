import { expect, test } from 'vitest'
import { proveSignaturesStaySecret } from './signatures.ts'

test('the signature of a signed address is nowhere, however its download ends and whoever tells of it', async () => {
	const figures = await proveSignaturesStaySecret()
	expect(figures.downloads).toBeGreaterThan(100)
	expect(figures.mistyped).toBeGreaterThan(40)
	expect(figures.characters).toBeGreaterThan(100_000)
})
