import { type Peer, versionSaidBy } from './peer.ts'

export const curl: Peer = {
	name: 'curl',
	find: () => versionSaidBy('curl', '--version'),
	command({ urls: [url = '', ...mirrors], target, connections, ca, many }) {
		const trust = ca === undefined ? [] : ['--cacert', ca]
		const always = ['curl', '--disable', '--silent', '--show-error', '--fail', ...trust]
		if (many !== undefined) {
			const atOnce = connections === 'auto' ? [] : ['--parallel-max', `${connections}`]
			return [...always, '--parallel', ...atOnce, '--remote-name-all', '--output-dir', many.folder, ...many.urls]
		}
		if (connections !== 1 || mirrors.length > 0) return undefined
		return [...always, '--output', target, url]
	},
}
