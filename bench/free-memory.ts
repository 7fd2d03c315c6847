import { open, rm } from 'node:fs/promises'
import { freemem } from 'node:os'
import { join } from 'node:path'
import type { Original } from './original.ts'

const leastBytes = 16 * 1024
const mostBytes = 4 * 1024 * 1024
/**
 * The system does not give out again just the pages that came back: with one and a half times the file, half of the runs that
 * wrote 1 MiB at a time met cold ones still; with four times, one of nine.
 */
const timesTheFile = 4

/**
 * Writes a file and deletes it, so that each run finds free memory that was in use a moment ago.
 *
 * The host of a virtual machine may take back what was free for two seconds, and gives it again page by page when it is
 * touched: 1 GiB took 0.8 s longer here, in the middle of whoever's run came upon such pages. Whoever writes little at a
 * time seldom does, for small pieces are not taken back. So it is written in pieces of all sizes. A sync is to
 * follow, so that no disk has anything of it to do during the run.
 */
export async function useFreeMemory(folder: string, originals: readonly Original[]): Promise<void> {
	const written = originals.reduce((sum, { bytes, content }) => sum + (content === 'zeros' ? 0 : bytes), 0)
	const bytes = Math.min(timesTheFile * written, freemem() / 4)
	const path = join(folder, 'free-memory')
	const piece = Buffer.alloc(mostBytes, 1)
	await using file = await open(path, 'w')
	await rm(path)
	for (let at = 0, size = leastBytes; at < bytes; size = size < mostBytes ? size * 2 : leastBytes)
		for (const end = at + mostBytes; at < end; at += size) await file.write(piece, 0, size, at)
}
