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
		// In chunks it does not go on with a file.
		const split = connections === 1 ? [] : [`--max-threads=${connections}`, '--chunk-size=1M']
		return [...always, ...split, ...(resumes ? ['--continue'] : []), `--output-document=${target}`, url]
	},
}
