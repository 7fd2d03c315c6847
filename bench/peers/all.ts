import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { aria2 } from './aria2.ts'
import { axel } from './axel.ts'
import { curl } from './curl.ts'
import { hash } from './hash.ts'
import { node } from './node.ts'
import { npmPeers } from './npm.ts'
import type { Peer } from './peer.ts'
import { raw } from './raw.ts'
import { skeinAt } from './skein.ts'
import { wget2 } from './wget2.ts'

/** Those that are installed, by name, and their versions; says which are not, and how they would be. */
export function findPeers(skein: string): {
	readonly peers: ReadonlyMap<string, Peer>
	readonly versions: Readonly<Record<string, string>>
} {
	const peers = new Map<string, Peer>()
	const versions: Record<string, string> = {}
	for (const peer of [skeinAt(skein), aria2, axel, curl, wget2, ...npmPeers, raw, hash, node]) {
		const version = peer.find()
		if (version === undefined) process.stderr.write(`bench: ${peer.name} is not installed (${peer.install})\n`)
		else {
			versions[peer.name] = version
			peers.set(peer.name, peer)
		}
	}
	const nginx = versionOfNginx()
	if (nginx === undefined) process.stderr.write('bench: nginx is not installed (apt-get install nginx-light)\n')
	else versions['nginx'] = nginx
	return { peers, versions }
}

/** No peer, but what it serves depends on it; it says its version where errors go. */
function versionOfNginx(): string | undefined {
	const { stderr } = spawnSync('nginx', ['-v'], { encoding: 'utf8' })
	return /\d+(\.\d+)+/.exec(stderr ?? '')?.[0]
}
