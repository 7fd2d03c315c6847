import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { type Peer, versionSaidBy } from './peer.ts'

/** The built command at `main`. */
export function skeinAt(main: string): Peer {
	let offersMirrors: boolean | undefined
	return {
		name: 'skein',
		find: () => versionSaidBy(process.execPath, main, '--version'),
		command({ urls: [url = '', ...mirrors], target, connections, sha256, ca, many }) {
			const trust = ca === undefined ? [] : ['--cacert', ca]
			if (many !== undefined) {
				const atOnce = connections === 'auto' ? [] : ['-j', `${connections}`]
				return [process.execPath, main, 'get', '-q', '-i', many.list, '-d', many.folder, ...atOnce, ...trust]
			}
			offersMirrors ??= helpOf(main).includes('--mirror')
			if (mirrors.length > 0 && !offersMirrors) return undefined
			const others = mirrors.flatMap(mirror => ['--mirror', mirror])
			const checksum = sha256 === undefined ? [] : ['--checksum', `sha-256=${sha256}`]
			return [
				process.execPath,
				main,
				'get',
				url,
				...others,
				...checksum,
				...trust,
				'-o',
				target,
				'-x',
				`${connections}`,
				'--json',
			]
		},
	}
}

function helpOf(main: string): string {
	return execFileSync(process.execPath, [main, 'get', '--help'], { encoding: 'utf8' })
}
