import { createServer, type Server } from 'node:net'
import { errnoOf } from '../base/disk-error.ts'
import type { FileIdentity } from '../model/file-identity.ts'
import type { Commands } from './commands.ts'
import type { Lock } from './contract.ts'

/** What `flock` ends with then, util-linux's and BusyBox's. All else but 0 means that it could not ask. */
const heldByAnother = 1

/**
 * Locks an open file; undefined when another process has it.
 *
 * A socket in Linux's abstract name space costs 0.03 ms and reaches as far as the network name space. `flock` reaches
 * across containers, but Node has no call for it: the command takes it on our descriptor, where it stays when the
 * command has ended. So it is asked for where a file is worth it (`strong`). Where neither is to be had, the nonce in the
 * journal tells two owners apart.
 */
export async function lockFile(
	descriptor: number,
	file: FileIdentity,
	strong: boolean,
	commands: Commands,
): Promise<Lock | undefined> {
	const socket = await bindAbstract(`\0skein/${file.device}/${file.inode}/${file.birthNs}`)
	if (socket === 'in use') return undefined
	if (strong && (await commands.run('flock', ['-x', '-n', '3'], descriptor)) === heldByAnother) {
		await closeSocket(socket)
		return undefined
	}
	return { release: () => closeSocket(socket) }
}

/** Undefined where there is no such name space, or none that we may use. */
function bindAbstract(name: string): Promise<Server | 'in use' | undefined> {
	return new Promise(resolve => {
		const server = createServer(connection => connection.destroy())
		server.unref()
		server.once('error', error => resolve(errnoOf(error) === 'EADDRINUSE' ? 'in use' : undefined))
		server.listen({ path: name }, () => resolve(server))
	})
}

function closeSocket(socket: Server | undefined): Promise<void> {
	return new Promise(resolve => {
		if (socket?.listening !== true) resolve()
		else socket.close(() => resolve())
	})
}
