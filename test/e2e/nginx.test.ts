import { execFileSync } from 'node:child_process'
import { open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import { suiteNeeds } from '../support/needs.ts'
import { startNginx } from '../support/nginx.ts'
import { runCli } from '../support/run-cli.ts'
import { tempDir } from '../support/temp-dir.ts'

const mebibyte = 1024 * 1024
const reportPeakMemory = fileURLToPath(new URL('../support/report-peak-memory.mjs', import.meta.url))

suiteNeeds('nginx')('a real nginx', () => {
	test.each(['http', 'https'])(
		'gives 1 GiB by %s, byte for byte, in less than 120 MB of memory',
		{ timeout: 120_000 },
		async scheme => {
			await using nginx = await startNginx()
			await using folder = await tempDir()
			const source = join(nginx.root, 'large.bin')
			await writeLarge(source)
			const ca = join(folder.path, 'ca.pem')
			await writeFile(ca, nginx.ca)
			const peakFile = join(folder.path, 'peak')

			const url = `${scheme === 'https' ? nginx.tlsOrigin : nginx.origin}/large.bin`
			const { code, stderr } = await runCli([url, '-x', '8', '-d', folder.path, '--cacert', ca], {
				timeoutMs: 100_000,
				nodeArgs: ['--import', reportPeakMemory],
				env: { PEAK_MEMORY_FILE: peakFile },
			})

			expect(code, stderr).toBe(0)
			expect(Number(await readFile(peakFile, 'utf8'))).toBeLessThan(120e6)
			execFileSync('cmp', [source, join(folder.path, 'large.bin')])
		},
	)
})

/** 1 GiB of which no two pieces are alike. */
async function writeLarge(path: string): Promise<void> {
	const file = await open(path, 'w')
	const piece = Buffer.from(pseudoRandom(32 * mebibyte))
	for (let number = 0; number < 32; number += 1) {
		for (let at = 0; at < piece.length; at += 4096) piece.writeUInt32LE(number, at)
		await file.write(piece)
	}
	await file.close()
}
