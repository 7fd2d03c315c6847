import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Peer } from './peer.ts'

const [lanes, files] = ['lanes', 'files'].map(name => fileURLToPath(new URL(`../raw/${name}.mjs`, import.meta.url)))

/** Our baseline: what a segmented download, or one of many files, costs in Node that checks nothing. */
export const raw: Peer = {
	name: 'raw',
	manners: ['synced'],
	find: () => process.versions.node,
	command({ urls: [url = '', ...mirrors], target, connections, ca, many, synced }) {
		if (connections === 'auto' || mirrors.length > 0) return undefined
		const node = process.execPath
		if (many !== undefined) return [node, `${files}`, many.list, many.folder, `${connections}`]
		return [
			node,
			`${lanes}`,
			url,
			target,
			`${connections}`,
			synced ? 'synced' : 'unsynced',
			...(ca === undefined ? [] : [ca]),
		]
	},
}
