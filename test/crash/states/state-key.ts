import { createHash } from 'node:crypto'
import type { Tree } from '../../support/disk/tree.ts'

/** Equal for two disks exactly when nothing that can be read of them differs but modes. */
export function stateKey(tree: Tree): string {
	const hash = createHash('sha1')
	for (const [path, id] of [...tree.walk()].sort(([a], [b]) => (a < b ? -1 : 1))) {
		const node = tree.get(id)
		hash.update(`${path} ${id} ${node.kind}\n`)
		if (node.kind !== 'file') continue
		hash.update(`${node.content.bytes}`)
		for (const page of node.content.pages) hash.update(page === undefined ? 'hole' : keyOfPage(page))
	}
	return hash.digest('base64')
}

const keys = new WeakMap<Uint8Array, Buffer>()

/** Pages are shared between states, and never change. */
function keyOfPage(page: Uint8Array): Buffer {
	const known = keys.get(page)
	if (known !== undefined) return known
	const key = createHash('sha1').update(page).digest()
	keys.set(page, key)
	return key
}
