import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'

/**
 * Lets every name below `example.test` lead to loopback, in this process and until it is disposed of: names of one server
 * are not to be had otherwise without the machine's own settings.
 */
export function leadToLoopback(): Disposable {
	const { lookup } = dns.promises
	const local = async (host: string, options: object): Promise<unknown> =>
		host.endsWith('.example.test') ? [{ address: '127.0.0.1', family: 4 }] : await lookup(host, options)
	replace(local as typeof lookup)
	return { [Symbol.dispose]: () => replace(lookup) }
}

function replace(lookup: typeof dns.promises.lookup): void {
	dns.promises.lookup = lookup
	syncBuiltinESMExports()
}
