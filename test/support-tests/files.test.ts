import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pseudoRandom, sha256 } from '../support/body.ts'
import { tempDir } from '../support/temp-dir.ts'

describe('pseudoRandom', () => {
	it('gives a longer content the shorter one as its beginning', () => {
		const short = sha256(pseudoRandom(10_001))
		const long = pseudoRandom(1_000_000)
		expect(long.length).toBe(1_000_000)
		expect(sha256(long.subarray(0, 10_001))).toBe(short)
		expect(sha256(pseudoRandom(10_001))).toBe(short)
	})

	it('gives each seed another content, and no block of it twice', () => {
		expect(sha256(pseudoRandom(4096, 1))).not.toBe(sha256(pseudoRandom(4096, 2)))
		const content = pseudoRandom(4 * 1024 * 1024)
		const blocks = new Set<string>()
		for (let at = 0; at < content.length; at += 1024) blocks.add(content.toString('latin1', at, at + 16))
		expect(blocks.size).toBe(4096)
	})

	it('makes nothing and one byte', () => {
		expect(pseudoRandom(0).length).toBe(0)
		expect(pseudoRandom(1).length).toBe(1)
	})
})

describe('tempDir', () => {
	it('is gone with all that was in it', async () => {
		let path = ''
		{
			await using folder = await tempDir()
			path = folder.path
			await mkdir(join(path, 'a/b'), { recursive: true })
			await writeFile(join(path, 'a/b/c'), 'content')
		}
		expect(path).not.toBe('')
		expect(existsSync(path)).toBe(false)
	})
})
