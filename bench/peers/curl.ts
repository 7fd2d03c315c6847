import { type Peer, versionSaidBy } from './peer.ts'

/** `auto` is its own number of files at once: 50. */
export const curl: Peer = {
	name: 'curl',
	resumes: true,
	install: 'apt-get install curl',
	find: () => versionSaidBy('curl', '--version'),
	command({ urls: [url = '', ...mirrors], target, connections, ca, many, resumes }) {
		const trust = ca === undefined ? [] : ['--cacert', ca]
		const always = ['curl', '--disable', '--silent', '--show-error', '--fail', ...trust]
		if (many !== undefined) {
			const atOnce = connections === 'auto' ? [] : ['--parallel-max', `${connections}`]
			return [...always, '--parallel', ...atOnce, '--remote-name-all', '--output-dir', many.folder, ...many.urls]
		}
		if (connections !== 1 || mirrors.length > 0) return undefined
		return [...always, ...(resumes ? ['--continue-at', '-'] : []), '--output', target, url]
	},
}
