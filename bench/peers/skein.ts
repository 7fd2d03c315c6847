import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { type Peer, type Task, versionSaidBy } from './peer.ts'

const watch = new URL('../raw/loop-delay.mjs', import.meta.url).href

/** The built command at `main`. */
export function skeinAt(main: string): Peer {
	let offersMirrors: boolean | undefined
	return {
		name: 'skein',
		manners: ['checked'],
		resumes: true,
		find: () => versionSaidBy(process.execPath, main, '--version'),
		command({ urls: [url = '', ...mirrors], target, connections, sha256, ca, many, loopDelay }) {
			const watched = loopDelay === undefined ? [] : ['--import', `${watch}?to=${encodeURIComponent(loopDelay)}`]
			const get = [process.execPath, ...watched, main, 'get', ...(ca === undefined ? [] : ['--cacert', ca])]
			if (many !== undefined) return [...get, '-q', '-i', many.list, '-d', many.folder, ...atOnce(connections)]
			offersMirrors ??= helpOf(main).includes('--mirror')
			if (mirrors.length > 0 && !offersMirrors) return undefined
			const others = mirrors.flatMap(mirror => ['--mirror', mirror])
			const checksum = sha256 === undefined ? [] : ['--checksum', `sha-256=${sha256}`]
			return [...get, url, ...others, ...checksum, '-o', target, '-x', `${connections}`, '--json']
		},
	}
}

/** Of the 32 connections to one host that are the default, more files at once would only wait. */
function atOnce(files: Task['connections']): string[] {
	if (files === 'auto') return []
	return ['-j', `${files}`, ...(files > 32 ? ['--max-per-host', `${files}`] : [])]
}

function helpOf(main: string): string {
	return execFileSync(process.execPath, [main, 'get', '--help'], { encoding: 'utf8' })
}
