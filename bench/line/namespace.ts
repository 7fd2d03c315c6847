import { execFileSync } from 'node:child_process'
import process from 'node:process'

/** A network of its own for the client, reached by one line of a fixed rate that the kernel keeps (`tc tbf`). */
export interface Namespace extends Disposable {
	/** Where a server is to listen to be reached from inside. */
	readonly host: string
	/** What a command is prefixed with to run inside. */
	readonly prefix: readonly string[]
}

/** As much as a router holds: what waits longer than this is dropped, and TCP notices. */
const queueMs = 50
/** Several of the 64 KiB packets that a virtual interface passes on. */
const burst = '256kb'

/** Of 1514 bytes on the wire, 1448 are content: Ethernet, IP and TCP with timestamps take the rest. */
export const contentOfWire: number = 1448 / 1514

/** Makes one; throws where this user may not, or the tools are missing. Only the way to the client is limited. */
export function createNamespace(wireBytesPerSecond: number): Namespace {
	const name = `skein-bench-${process.pid}`
	const [outside, inside] = [`skb${process.pid}o`, `skb${process.pid}i`]
	const host = '10.209.77.1'
	const remove = (): void => {
		process.off('exit', remove)
		// Its interface, and with it our end, goes with the namespace.
		ip(`netns delete ${name}`)
	}
	ip(`netns add ${name}`)
	process.on('exit', remove)
	try {
		ip(`link add ${outside} type veth peer name ${inside} netns ${name}`)
		ip(`address add ${host}/30 dev ${outside}`)
		ip(`link set ${outside} up`)
		ip(`-netns ${name} address add 10.209.77.2/30 dev ${inside}`)
		ip(`-netns ${name} link set ${inside} up`)
		ip(`-netns ${name} link set lo up`)
		run('tc', `qdisc add dev ${outside} root tbf rate ${wireBytesPerSecond * 8}bit burst ${burst} latency ${queueMs}ms`)
	} catch (error) {
		remove()
		throw error
	}
	return { host, prefix: ['ip', 'netns', 'exec', name], [Symbol.dispose]: remove }
}

function ip(args: string): void {
	run('ip', args)
}

function run(command: string, args: string): void {
	execFileSync(command, args.split(' '), { stdio: ['ignore', 'ignore', 'pipe'] })
}
