import process from 'node:process'
import type { Peer } from './peer.ts'

/** `node -e 0`: what any program on Node costs before its first line. */
export const node: Peer = {
	name: 'node',
	fetchesNothing: true,
	find: () => process.versions.node,
	command: () => [process.execPath, '-e', '0'],
}
