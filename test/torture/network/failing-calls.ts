import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { getSystemErrorMap } from 'node:util'

/** What Node asks of the system for a connection. */
export type Call = 'connect' | 'write' | 'readStart'

/** Which call fails, counted from 1 over all connections, and how; `always`: it and every one after it. */
export interface CallFault {
	readonly call: Call
	readonly nth: number
	readonly code: string
	readonly always: boolean
}

/** Errors that connect(2) reports once the network has answered, not at once. */
const late = new Set(['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ECONNRESET'])

/** Node's own handle of a TCP connection; an answer below 0 is an error of the system. */
interface Handle {
	connect(request: ConnectRequest, address: string, port: number): number
	writeLatin1String(request: object, text: string): number
	readStart(): number
}

interface ConnectRequest {
	oncomplete(status: number, handle: Handle, request: ConnectRequest, readable: boolean, writable: boolean): void
}

/**
 * While `work` runs, the system fails a call of the connections that this process opens: Node's handles answer with the
 * error in its place, so all above them is what it always is. Answers with how many calls of that kind there were.
 */
export async function whileCallFails(fault: CallFault, work: () => Promise<void>): Promise<number> {
	const prototype = await handlePrototype()
	const { connect, writeLatin1String, readStart } = prototype
	const ours = new WeakSet<Handle>()
	let calls = 0
	const fails = (call: Call): boolean => {
		if (call !== fault.call) return false
		calls += 1
		return calls === fault.nth || (fault.always && calls > fault.nth)
	}
	const status = errorNumber(fault.code)
	prototype.connect = function (request, address, port) {
		ours.add(this)
		if (!fails('connect')) return connect.call(this, request, address, port)
		if (!late.has(fault.code)) return status
		setImmediate(() => request.oncomplete(status, this, request, false, false))
		return 0
	}
	prototype.writeLatin1String = function (request, text) {
		return ours.has(this) && fails('write') ? status : writeLatin1String.call(this, request, text)
	}
	prototype.readStart = function () {
		return ours.has(this) && fails('readStart') ? status : readStart.call(this)
	}
	try {
		await work()
		return calls
	} finally {
		Object.assign(prototype, { connect, writeLatin1String, readStart })
	}
}

/** Every TCP connection of the process shares it. */
async function handlePrototype(): Promise<Handle> {
	const server = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
	await once(server, 'listening')
	const socket = connect((server.address() as { port: number }).port, '127.0.0.1').on('error', () => {})
	const { _handle: handle } = socket as unknown as { _handle: Handle }
	await once(socket, 'close')
	server.close()
	return Object.getPrototypeOf(handle) as Handle
}

function errorNumber(code: string): number {
	for (const [number, [name]] of getSystemErrorMap()) if (name === code) return number
	throw new Error(`There is no ${code} here`)
}
