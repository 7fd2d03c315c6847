import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import type { DiskFile } from '../../src/disk/contract.ts'
import { createSystemDisk } from '../../src/disk/system.ts'
import { needs } from '../support/needs.ts'
import { tempDir } from '../support/temp-dir.ts'

const body = new TextEncoder().encode('what was written stays')
const MiB = 1024 * 1024

afterEach(() => {
	vi.unstubAllEnvs()
})

async function begin(): Promise<{ readonly folder: string; readonly file: DiskFile }> {
	const folder = await tempDir()
	onTestFinished(() => folder[Symbol.asyncDispose]())
	const file = await createSystemDisk().create(join(folder.path, 'file'))
	onTestFinished(() => file.close())
	await file.write(body, 0)
	return { folder: folder.path, file }
}

/** The command of this name is, for as long as the test runs, this script and no other. */
function stub(folder: string, script: string): void {
	writeFileSync(join(folder, 'fallocate'), `#!/bin/sh\nPATH=${process.env['PATH']}\n${script}\n`)
	chmodSync(join(folder, 'fallocate'), 0o755)
	vi.stubEnv('PATH', folder)
}

async function expectAsWritten(file: DiskFile): Promise<void> {
	const into = new Uint8Array(body.length)
	expect((await file.look()).bytes).toBe(body.length)
	expect(await file.read(into, 0)).toBe(body.length)
	expect(into).toEqual(body)
}

needs('fallocate')('the room is there before the bytes are', async () => {
	const { file } = await begin()
	await file.allocate(MiB)
	expect((await file.look()).allocatedBytes).toBeGreaterThanOrEqual(MiB)
	await expectAsWritten(file)
})

test('without the command nothing happens', async () => {
	const { folder, file } = await begin()
	vi.stubEnv('PATH', folder)
	await file.allocate(MiB)
	await expectAsWritten(file)
})

needs('fallocate')('what a command that fails has got so far is given back', async () => {
	const { folder, file } = await begin()
	stub(folder, 'fallocate "$@" && exit 1')
	await file.allocate(MiB)
	expect((await file.look()).allocatedBytes).toBeLessThan(MiB)
	await expectAsWritten(file)
})

test('the command holds no descriptor of ours, and with it no lock, when we are gone', async () => {
	const { folder, file } = await begin()
	const seen = join(folder, 'seen')
	stub(folder, `readlink /proc/self/fd/* > ${seen}; exit 0`)
	await file.allocate(MiB)
	expect(readFileSync(seen, 'utf8')).not.toContain(join(folder, 'file\n'))
})
