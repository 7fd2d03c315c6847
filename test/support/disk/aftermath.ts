import type { Version } from '../scripted/server.ts'
import { bytesOf } from './content.ts'
import { readVouched } from './journal-lines.ts'
import type { Tree } from './tree.ts'
import type { Volume } from './volume.ts'

const isUnfinished = (path: string): boolean => /\.part(\.journal(\.new)?|\.orphan(\.\d+)?)?$/.test(path)

/** What has a name under which users look for files, by its path. */
export function finishedFiles(volume: Volume): Map<string, Uint8Array> {
	const found = new Map<string, Uint8Array>()
	for (const path of volume.paths()) {
		const content = isUnfinished(path) ? undefined : volume.read(path)
		if (content !== undefined) found.set(path, content)
	}
	return found
}

/** Small files on their way to their names, as a kill or a failing disk leaves them: none can tell whether the owner lives, and nobody deletes them. */
export function scratchesIn(volume: Volume): ReadonlySet<string> {
	return new Set(volume.paths().filter(path => /\/\.skein-[^/]+\.part$/.test(path)))
}

/**
 * Throws where a download that is done has left more than the file and what it moved aside. A `.part` of an older version
 * whose name was `taken` meanwhile stays: the new one goes to the next free name, and does not come by there. So do scratches
 * of an earlier run, which were `there` before.
 */
export function requireTidy(
	volume: Volume,
	taken: ReadonlyMap<string, Uint8Array> = new Map(),
	there: ReadonlySet<string> = new Set(),
): void {
	for (const path of volume.paths()) {
		if (!isUnfinished(path) || path.includes('.orphan') || there.has(path)) continue
		if (!taken.has(path.replace(/\.part.*$/, ''))) throw new Error(`${path} was left behind`)
	}
}

/** Bytes of `version` that the journal of the file at `path` calls durable, or with `written` those that it only calls written too. */
export function recordedBytes(volume: Volume, path: string, version: Version, written: boolean): number {
	const journal = volume.read(`${path}.part.journal`)
	return journal === undefined ? 0 : bytesIn(journal, version, written)
}

/**
 * Bytes of `version` that a journal calls durable, whether it has its name or not: once such a record is on the disk, a
 * later run must find them.
 */
export function promisedBytes(tree: Tree, version: Version): number {
	let most = 0
	for (const node of tree.nodes()) {
		if (node.kind === 'file') most = Math.max(most, bytesIn(bytesOf(node.content), version, false))
	}
	return most
}

function bytesIn(journal: Uint8Array, { etag }: Version, written: boolean): number {
	const vouched = readVouched(journal)
	if (vouched === undefined || vouched.etag !== etag) return 0
	return written ? vouched.recorded : vouched.durable
}

/** Whether both are there that a later run needs to go on. */
export function canBeContinued(volume: Volume, path: string): boolean {
	return volume.read(`${path}.part`) !== undefined && volume.read(`${path}.part.journal`) !== undefined
}

/** A power cut right after a run has said that it is done may take nothing of the file. */
export function requireToStay(volume: Volume, path: string): void {
	const content = volume.powerCut(() => 'dropped').read(path)
	if (!isOneOf(content, [volume.read(path) as Uint8Array])) throw new Error(`${path} was done, and lost by a power cut`)
}

export function isOneOf(content: Uint8Array | undefined, wanted: readonly Uint8Array[]): boolean {
	return content !== undefined && wanted.some(one => Buffer.compare(content, one) === 0)
}
