import { basename, dirname } from 'node:path'
import { type Peer, versionSaidBy } from './peer.ts'

export const aria2: Peer = {
	name: 'aria2',
	manners: ['checked'],
	resumes: true,
	install: 'apt-get install aria2',
	find: () => versionSaidBy('aria2c', '--version'),
	command({ urls, target, connections, sha256, ca, many, resumes }) {
		// It has no number that it finds out by itself.
		if (connections === 'auto') return undefined
		const always = ['aria2c', '--no-conf', '-q', ...(ca === undefined ? [] : [`--ca-certificate=${ca}`])]
		if (many !== undefined)
			return [...always, `-j${connections}`, '--file-allocation=none', '-d', many.folder, '-i', many.list]
		// Its limit for one host.
		if (connections > 16) return undefined
		const places = ['-d', dirname(target), '-o', basename(target), ...(resumes ? ['-c'] : [])]
		const split = [`-x${connections}`, `-s${connections * urls.length}`, '-k1M', '--file-allocation=none']
		const checksum = sha256 === undefined ? [] : [`--checksum=sha-256=${sha256}`]
		return [...always, ...split, ...checksum, ...places, ...urls]
	},
}
