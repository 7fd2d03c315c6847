import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { marker } from './signed-downloads.ts'

/** A text that somebody may read, and where it was found. */
export interface Told {
	readonly where: string
	readonly text: string
}

const forms = [marker, Buffer.from(`user:${marker}`).toString('base64').slice(0, -2)]

/** Throws where a text holds a secret, as it is or as Basic authentication writes it. */
export function requireSecrecy(what: string, told: readonly Told[]): void {
	for (const { where, text } of told) {
		const at = Math.max(...forms.map(form => text.indexOf(form)))
		if (at >= 0) throw new Error(`${what}: ${where} holds …${text.slice(Math.max(0, at - 120), at + 40)}…`)
	}
}

/** The names of all files, what the journals hold, and a complaint where an unfinished file is anybody's to read. */
export async function toldByFolder(folder: string): Promise<readonly Told[]> {
	const told: Told[] = []
	for (const name of await readdir(folder)) {
		told.push({ where: 'a name in the folder', text: name })
		if (!/\.part(\.journal)?$/.test(name)) continue
		const path = join(folder, name)
		const { mode } = await stat(path)
		if ((mode & 0o777) !== 0o600) throw new Error(`${name} is unfinished, and its mode is ${mode.toString(8)}`)
		if (name.endsWith('.journal')) told.push({ where: name, text: await readFile(path, 'latin1') })
	}
	return told
}
