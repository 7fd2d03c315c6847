import { type Peer, versionSaidBy } from './peer.ts'

export const axel: Peer = {
	name: 'axel',
	resumes: true,
	install: 'apt-get install axel',
	find: () => versionSaidBy('axel', '--version'),
	command({ urls, target, connections, ca, many }) {
		if (connections === 'auto' || ca !== undefined || many !== undefined) return undefined
		return ['axel', '-q', '-n', `${connections}`, '-o', target, ...urls]
	},
}
