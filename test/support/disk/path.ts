import { systemError } from './system-error.ts'
import { type NodeId, rootId, type Tree } from './tree.ts'

/** Where a path leads: a name in a folder, and what has it. */
export interface Found {
	readonly folder: NodeId
	/** Empty for the root. */
	readonly name: string
	/** Undefined for nothing. */
	readonly node: NodeId | undefined
	/** Without symbolic links on the way. */
	readonly path: string
}

/** As many as Linux follows. */
const mostLinks = 40
const longestNameBytes = 255

/** Walks along `path`; a symbolic link at its end is followed where `through` says so. Throws ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG. */
export function look(tree: Tree, path: string, syscall: string, through: boolean): Found {
	const left = componentsOf(path)
	const trail: { id: NodeId; name: string }[] = [{ id: rootId, name: '' }]
	const pathTo = (name: string): string => [...trail.map(step => step.name), name].join('/')
	let links = 0
	for (let name = left.shift(); name !== undefined; name = left.shift()) {
		if (Buffer.byteLength(name) > longestNameBytes) throw systemError('ENAMETOOLONG', syscall, path)
		const folder = tree.get((trail.at(-1) as { id: NodeId }).id)
		if (folder.kind !== 'folder') throw systemError('ENOTDIR', syscall, path)
		if (name === '..') {
			if (trail.length > 1) trail.pop()
			continue
		}
		const id = folder.entries.get(name)
		const last = left.length === 0
		const node = id === undefined ? undefined : tree.get(id)
		if (node?.kind === 'link' && (through || !last)) {
			links += 1
			if (links > mostLinks) throw systemError('ELOOP', syscall, path)
			if (node.target.startsWith('/')) trail.length = 1
			left.unshift(...componentsOf(node.target))
			continue
		}
		if (last) return { folder: (trail.at(-1) as { id: NodeId }).id, name, node: id, path: pathTo(name) }
		if (id === undefined) throw systemError('ENOENT', syscall, path)
		trail.push({ id, name })
	}
	const here = trail.at(-1) as { id: NodeId; name: string }
	const above = trail.at(-2)?.id ?? rootId
	return { folder: above, name: here.name, node: here.id, path: trail.map(step => step.name).join('/') || '/' }
}

function componentsOf(path: string): string[] {
	return path.split('/').filter(name => name !== '' && name !== '.')
}
