import { type ChildProcess, spawn } from 'node:child_process'
import type { LookupAddress } from 'node:dns'
import dns from 'node:dns/promises'
import { once } from 'node:events'
import { syncBuiltinESMExports } from 'node:module'
import { connect, type Socket } from 'node:net'
import process from 'node:process'

type Answers = (host: string) => Promise<readonly LookupAddress[]>

/** Runs `work` while the system's name server is ours. Not beside other tests: there is one for the process. */
export async function withNameServer<T>(answers: Answers, work: () => Promise<T>): Promise<T> {
	const { lookup } = dns
	replace(answers as unknown as typeof lookup)
	try {
		return await work()
	} finally {
		replace(lookup)
	}
}

function replace(lookup: typeof dns.lookup): void {
	Object.assign(dns, { lookup })
	syncBuiltinESMExports()
}

const silentAddress = '127.0.0.3'

/**
 * An address of this machine at which connections to `port` are neither made nor refused: a stopped process listens there
 * whose backlog is full.
 */
export async function withSilentAddress<T>(port: number, work: (address: string) => Promise<T>): Promise<T> {
	const script = `require('net').createServer().listen({ port: ${port}, host: '${silentAddress}', backlog: 1 }, () => console.log('listening'))`
	const listener: ChildProcess = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
	const fillers: Socket[] = []
	try {
		if (listener.stdout !== null) await once(listener.stdout, 'data')
		listener.kill('SIGSTOP')
		// Two fit, and those beyond them wait for ever as ours shall.
		for (let n = 0; n < 6; n += 1) fillers.push(connect(port, silentAddress).on('error', () => {}))
		await once(fillers[0] as Socket, 'connect')
		return await work(silentAddress)
	} finally {
		for (const filler of fillers) filler.destroy()
		listener.kill('SIGKILL')
	}
}
