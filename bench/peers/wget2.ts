import { type Peer, versionSaidBy } from './peer.ts'

export const wget2: Peer = {
	name: 'wget2',
	resumes: true,
	install: 'apt-get install wget2',
	find: () => versionSaidBy('wget2', '--version'),
	command({ urls: [url = '', ...mirrors], target, connections, ca, many, resumes }) {
		if (connections === 'auto' || mirrors.length > 0) return undefined
		const trust = ca === undefined ? [] : [`--ca-certificate=${ca}`]
		const always = ['wget2', '--no-config', '--quiet', ...trust]
		if (many !== undefined)
			return [
				...always,
				`--max-threads=${connections}`,
				`--directory-prefix=${many.folder}`,
				`--input-file=${many.list}`,
			]
		// Under a name of one's own it takes one connection, whatever --max-threads says.
		if (connections !== 1) return undefined
		return [...always, ...(resumes ? ['--continue'] : []), `--output-document=${target}`, url]
	},
}
