import { dirname } from 'node:path'
import type { Disk } from '../disk/contract.ts'
import { deleteName, look, syncFolder } from '../disk/names.ts'
import { readJournalHeader } from '../journal/read.ts'
import { orphanName } from './names.ts'
import { nameWithoutReplacing } from './publish.ts'

/** Gives what is at `path`, of which nothing is known but that it may be of worth to someone, a name beside it; which one is the answer. */
export async function moveAside(disk: Disk, path: string): Promise<string> {
	for (let number = 0; ; number++) {
		const aside = orphanName(path, number)
		const naming = await nameWithoutReplacing(disk, path, aside)
		if (naming === 'exists') continue
		// Before the old name goes, or is taken by another file: a power cut may keep that and not the new name.
		await syncFolder(disk, dirname(path))
		if (naming === 'linked') await deleteName(disk, path)
		return aside
	}
}

/** A journal that has lost its `.part` is of no worth to anyone. What is no journal was put there by somebody. */
export async function makeWayForJournal(disk: Disk, path: string, notice: (message: string) => void): Promise<void> {
	if ((await look(disk, path)) === undefined || (await readJournalHeader(disk, path)) !== undefined) return
	notice(`${path} is no journal of ours: moved to ${await moveAside(disk, path)}`)
}
