// A server of the benchmark in a process of its own: the client under test must not share a thread with it.
import process from 'node:process'
import { startDelayingProxy } from '../line/delaying-proxy.ts'
import type { Command, Role } from './process.ts'
import { startBenchOrigin } from './server.ts'

const role = JSON.parse(process.argv[2] ?? '') as Role

process.on('disconnect', () => process.exit())

if (role.kind === 'origin') {
	const origin = await startBenchOrigin(role.spec)
	process.on('message', (command: Command) => {
		if (command === 'begin') origin.begin()
		process.send?.(command === 'begin' ? 'begun' : origin.end())
	})
	process.send?.(origin.url)
} else {
	const upstream = new URL(role.upstream)
	const target = { host: upstream.hostname, port: Number(upstream.port) }
	const proxy = await startDelayingProxy(role.spec, target, role.host)
	process.send?.(new URL(upstream.pathname, proxy.origin).href)
}
