import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Peer } from './peer.ts'

const script = fileURLToPath(new URL('../raw/lanes.mjs', import.meta.url))

/** Our baseline: what a segmented download costs in Node that checks nothing. */
export const raw: Peer = {
	name: 'raw',
	find: () => process.versions.node,
	command({ urls: [url = '', ...mirrors], target, connections, ca, many }) {
		const isBeyondIt = connections === 'auto' || mirrors.length > 0 || ca !== undefined || many !== undefined
		return isBeyondIt ? undefined : [process.execPath, script, url, target, `${connections}`]
	},
}
