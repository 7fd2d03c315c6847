import { type Peer, versionSaidBy } from './peer.ts'

export const wget2: Peer = {
	name: 'wget2',
	find: () => versionSaidBy('wget2', '--version'),
	command({ urls: [url = '', ...mirrors], target, connections, ca, many }) {
		if (connections === 'auto' || mirrors.length > 0 || ca !== undefined || many !== undefined) return undefined
		const split = connections === 1 ? [] : [`--max-threads=${connections}`, '--chunk-size=1M']
		return ['wget2', '--no-config', '--quiet', ...split, `--output-document=${target}`, url]
	},
}
