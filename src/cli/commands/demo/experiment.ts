import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client, DownloadRun } from '../../../api/client.ts'

/** How the same file was fetched once. */
export interface Trial {
	readonly connections: 'auto' | number
	readonly durationMs: number
	readonly bytes: number
	readonly connectionsPeak: number
	/** Whether every byte is the one that was served. */
	readonly same: boolean
}

/** The article's question: one connection, a few, and as many as help. */
export const trialConnections: readonly ('auto' | number)[] = [1, 4, 'auto']

/** The file that is served: no two stretches of it are alike, so that bytes in the wrong place are found. */
export function createDemoBody(bytes: number): Buffer {
	const words = new Uint32Array(Math.ceil(bytes / 4))
	// Multiplied by an odd number, 32-bit words are all different; the shift spreads the difference to the low bits.
	for (let index = 0; index < words.length; index++) {
		const word = Math.imul(index, 0x9e3779b1)
		words[index] = word ^ (word >>> 15)
	}
	return Buffer.from(words.buffer, 0, bytes)
}

export interface TrialOptions {
	readonly client: Pick<Client, 'download'>
	readonly url: URL
	/** What the server has. */
	readonly body: Buffer
	readonly folder: string
	readonly signal: AbortSignal
	begun(run: Pick<DownloadRun, 'snapshot'>): void
}

/** Fetches the file once, compares it with what was served, and removes it. */
export async function runTrial(connections: 'auto' | number, options: TrialOptions): Promise<Trial> {
	const { client, url, body, folder, signal } = options
	const to = join(folder, `by-${connections}.bin`)
	const run = client.download(url, { to, connections, signal })
	options.begun(run)
	const { durationMs, bytes, connectionsPeak } = await run
	const same = body.equals(await readFile(to))
	await rm(to)
	return { connections, durationMs, bytes, connectionsPeak, same }
}
