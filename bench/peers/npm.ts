import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Peer } from './peer.ts'

/** Packages that bench/package.json names, each with a script of a few lines; and undici, as one would use it. */
export const npmPeers: readonly Peer[] = ['undici', 'easydl', 'ipull'].map(name => {
	const script = fileURLToPath(new URL(`./npm/${name}.mjs`, import.meta.url))
	return {
		name,
		install: 'npm ci --prefix bench',
		find: () => versionOf(name),
		command({ urls: [url = '', ...mirrors], target, connections, ca, many }) {
			const isBeyondIt = connections === 'auto' || mirrors.length > 0 || ca !== undefined || many !== undefined
			return isBeyondIt ? undefined : [process.execPath, script, url, target, `${connections}`]
		},
	}
})

function versionOf(name: string): string | undefined {
	const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url)
	if (!existsSync(manifest)) return undefined
	return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }).version
}
