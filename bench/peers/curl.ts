import { type Peer, versionSaidBy } from './peer.ts'

export const curl: Peer = {
	name: 'curl',
	find: () => versionSaidBy('curl', '--version'),
	command({ urls: [url = '', ...mirrors], target, connections }) {
		if (connections !== 1 || mirrors.length > 0) return undefined
		return ['curl', '--disable', '--silent', '--show-error', '--fail', '--output', target, url]
	},
}
