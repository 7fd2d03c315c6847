import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createClient } from '../../../src/api/client.ts'
import { pseudoRandom } from '../../support/body.ts'
import type { Answer } from '../../support/origin/answer.ts'
import { type Origin, startOrigin } from '../../support/origin.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { inLanes } from './in-lanes.ts'
import { downloadOnce } from './one-download.ts'

export interface CutDownloadOptions {
	/** One cut each so many bytes of the body; 1 is every position. */
	readonly every: number
	/** Chooses where the first of them lies. */
	readonly seed: number
}

export interface CutDownloadFigures {
	readonly downloads: number
	/** Of them to a file; the others stay in memory. */
	readonly toFiles: number
}

interface CutPlan {
	readonly framing: 'length' | 'chunked' | 'close'
	readonly by: 'fin' | 'rst'
	readonly at: number
}

const body = pseudoRandom(64 * 1024)
const lanes = 8
/** Files take real back-off and a real disk. */
const fileEach = 10

/**
 * Downloads a file whose first answer is cut, at one position of the body after another. Throws where the end is not the
 * right bytes: the rest is to be asked for, wherever the cut was.
 */
export async function proveCutDownloads({ every, seed }: CutDownloadOptions): Promise<CutDownloadFigures> {
	const plans: CutPlan[] = []
	for (const framing of ['length', 'chunked', 'close'] as const) {
		for (const by of ['fin', 'rst'] as const) {
			for (let at = seed % every; at < body.length; at += every) plans.push({ framing, by, at })
			for (const at of [0, 1, body.length - 1]) plans.push({ framing, by, at })
		}
	}
	const numbered = plans.map((plan, index) => ({ plan, toFile: index % fileEach === 0 }))
	await inLanes(lanes, numbered, async ({ plan, toFile }) => {
		await using origin = await startOrigin({ body, answer: (_, n) => (n === 0 ? cutAnswer(plan) : undefined) })
		const outcome = await (toFile ? downloadToFile(origin) : downloadOnce({ url: origin.url(), truth: body }))
		if (outcome !== 'right') throw new Error(`${JSON.stringify(plan)} ended in ${outcome}`)
	})
	return { downloads: plans.length, toFiles: numbered.filter(({ toFile }) => toFile).length }
}

/** A range with its total: even where the close of the connection ends the body, its length is known. */
function cutAnswer({ framing, by, at }: CutPlan): Answer {
	return { framing, cut: { at, by } }
}

/** Through the front door, to a folder that then holds the file and nothing else. */
async function downloadToFile(origin: Origin): Promise<string> {
	await using folder = await tempDir()
	const client = createClient()
	try {
		const { path } = await client.download(origin.url(), { to: folder.path, connections: 3, minSplitBytes: 8192 })
		const [name = '', ...others] = await readdir(folder.path)
		if (others.length > 0 || path !== join(folder.path, name)) return `${others.length} other files`
		return body.equals(await readFile(path)) ? 'right' : 'WRONG bytes'
	} finally {
		await client.close()
	}
}
