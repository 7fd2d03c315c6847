import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'

const lookEveryMs = 2
const looksWithoutChange = 10

/**
 * Waits until the client's kernel has acknowledged all that was written, so that an RST that follows takes nothing back.
 *
 * A client that does not read keeps it from happening: then until nothing moves any more. Elsewhere than on Linux the
 * kernel does not tell, and an RST may come early.
 */
export async function whenTaken(socket: Socket): Promise<void> {
	let before = -1
	for (let same = 0; same < looksWithoutChange; await setTimeout(lookEveryMs)) {
		const bytes = await unacknowledged(socket)
		if (bytes === undefined || bytes === 0) return
		same = bytes === before ? same + 1 : 0
		before = bytes
	}
}

/** The send queue that `/proc/net/tcp` shows for a connection of 127.0.0.1. */
async function unacknowledged({ localPort, remotePort }: Socket): Promise<number | undefined> {
	const table = await readFile('/proc/net/tcp', 'latin1').catch(() => '')
	const row = new RegExp(`: [0-9A-F]+:${hex(localPort)} [0-9A-F]+:${hex(remotePort)} [0-9A-F]+ ([0-9A-F]+):`).exec(
		table,
	)
	return row?.[1] === undefined ? undefined : Number.parseInt(row[1], 16)
}

function hex(port = 0): string {
	return port.toString(16).toUpperCase().padStart(4, '0')
}
