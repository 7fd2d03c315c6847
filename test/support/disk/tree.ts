import { type Content, noContent, withBytes, withLength } from './content.ts'
import type { Operation } from './operation.ts'

/** Names a node for good, as an inode's number with its birth time does. */
export type NodeId = number

/** An inode. A value: what changes it puts another one in its place. */
export type Node = FileNode | FolderNode | LinkNode

export interface FileNode {
	readonly kind: 'file'
	readonly inode: number
	readonly mode: number
	readonly content: Content
}

export interface FolderNode {
	readonly kind: 'folder'
	readonly inode: number
	readonly entries: ReadonlyMap<string, NodeId>
}

export interface LinkNode {
	readonly kind: 'link'
	readonly inode: number
	readonly target: string
}

export const rootId: NodeId = 1

/** All inodes of a file system, those without a name among them. */
export class Tree {
	readonly #nodes: Map<NodeId, Node>

	constructor(nodes: Iterable<readonly [NodeId, Node]> = [[rootId, folderNode(2)]]) {
		this.#nodes = new Map(nodes)
	}

	clone(): Tree {
		return new Tree(this.#nodes)
	}

	get(id: NodeId): Node {
		return this.#nodes.get(id) as Node
	}

	file(id: NodeId): FileNode {
		const node = this.get(id)
		if (node.kind !== 'file') throw new TypeError(`Node ${id} is a ${node.kind}`)
		return node
	}

	folder(id: NodeId): FolderNode {
		const node = this.get(id)
		if (node.kind !== 'folder') throw new TypeError(`Node ${id} is a ${node.kind}`)
		return node
	}

	/** Everything that has a name, by its path. */
	*walk(id: NodeId = rootId, path = ''): Generator<readonly [string, NodeId]> {
		for (const [name, child] of this.folder(id).entries) {
			yield [`${path}/${name}`, child]
			if (this.get(child).kind === 'folder') yield* this.walk(child, `${path}/${name}`)
		}
	}

	/** Forgets inodes that have no name and that nobody holds open. */
	prune(isOpen: (id: NodeId) => boolean): void {
		const named = new Set([rootId, ...[...this.walk()].map(([, id]) => id)])
		for (const id of [...this.#nodes.keys()]) if (!named.has(id) && !isOpen(id)) this.#nodes.delete(id)
	}

	nodes(): Iterable<Node> {
		return this.#nodes.values()
	}

	/** Does to the tree what the operation did. Syncs change nothing that can be seen. */
	apply(operation: Operation): void {
		switch (operation.kind) {
			case 'create':
				this.#nodes.set(operation.node, operation.made)
				this.#name(operation.folder, operation.name, operation.node)
				break
			case 'link':
				this.#name(operation.folder, operation.name, operation.node)
				break
			case 'rename':
				this.#unname(operation.from.folder, operation.from.name, operation.node)
				this.#name(operation.folder, operation.name, operation.node)
				break
			case 'unlink':
				this.#unname(operation.folder, operation.name, operation.node)
				break
			case 'write':
				this.#change(operation.node, content => withBytes(content, operation.at, operation.bytes))
				break
			case 'truncate':
				this.#change(operation.node, content => withLength(content, operation.bytes))
				break
			case 'mode':
				this.#nodes.set(operation.node, { ...this.file(operation.node), mode: operation.mode })
				break
		}
	}

	/** The inode is there, whether its name is or not: what is written to it has a place to go. */
	bear(id: NodeId, node: Node): void {
		this.#nodes.set(id, node)
	}

	#name(folder: NodeId, name: string, node: NodeId): void {
		const { inode, entries } = this.folder(folder)
		this.#nodes.set(folder, { kind: 'folder', inode, entries: new Map(entries).set(name, node) })
	}

	/** A name that has been given to another node meanwhile stays that one's. */
	#unname(folder: NodeId, name: string, node: NodeId): void {
		const { inode, entries } = this.folder(folder)
		if (entries.get(name) !== node) return
		const left = new Map(entries)
		left.delete(name)
		this.#nodes.set(folder, { kind: 'folder', inode, entries: left })
	}

	#change(id: NodeId, change: (content: Content) => Content): void {
		const file = this.file(id)
		this.#nodes.set(id, { ...file, content: change(file.content) })
	}
}

export function fileNode(inode: number): FileNode {
	return { kind: 'file', inode, mode: 0o600, content: noContent }
}

export function folderNode(inode: number): FolderNode {
	return { kind: 'folder', inode, entries: new Map() }
}
