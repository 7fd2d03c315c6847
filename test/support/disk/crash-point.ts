import {
	type DataOperation,
	isSync,
	type NameOperation,
	type Operation,
	ownerOf,
	type SyncOperation,
} from './operation.ts'
import type { Tree } from './tree.ts'

/** What of an operation that was not synced a power cut leaves. */
export type Fate =
	| 'kept'
	| 'dropped'
	/** Of a write: the length that it gave the file, and zeros. */
	| 'length'
	/** Of a write: its first bytes. */
	| { readonly first: number }
	/** Of a write: all but its first bytes, for sectors reach the disk in any order. */
	| { readonly allBut: number }

/** An operation that a power cut may undo. */
export interface Unsynced {
	readonly operation: NameOperation | DataOperation
	/** Its place in the log. */
	readonly index: number
}

interface Entry extends Unsynced {
	/** Synced, but behind one that never will be. */
	durable: boolean
	/** A sync failed on it: the system has forgotten that it is not on the disk, and no later sync makes it durable. */
	doomed: boolean
}

/** A moment in the life of a volume: what a power cut would certainly leave, and what it might. Advances along the log. */
export class CrashPoint {
	readonly #durable: Tree
	#entries: Entry[] = []
	#next = 0

	/** @param durable what was on the disk before the log began; it is taken over */
	constructor(durable: Tree) {
		this.#durable = durable
	}

	/** How many operations of the log are done. */
	get done(): number {
		return this.#next
	}

	get unsynced(): readonly Unsynced[] {
		return this.#entries.filter(({ durable }) => !durable)
	}

	/** The next operation of the log was done. */
	advance(operation: Operation): void {
		const index = this.#next++
		if (isSync(operation)) {
			this.#sync(operation)
			return
		}
		if (operation.kind === 'create') this.#durable.bear(operation.node, operation.made)
		this.#entries.push({ operation, index, durable: false, doomed: false })
	}

	/** The disk as a power cut at this moment leaves it, when it does to each unsynced operation what `fateOf` says. */
	cut(fateOf: (unsynced: Unsynced) => Fate): Tree {
		const tree = this.#durable.clone()
		for (const entry of this.#entries) applyFate(tree, entry.operation, entry.durable ? 'kept' : fateOf(entry))
		return tree
	}

	#sync({ kind, node, covers }: SyncOperation): void {
		const rest: Entry[] = []
		let blocked = false
		for (const entry of this.#entries) {
			if (ownerOf(entry.operation) === node) {
				if (entry.index < covers) {
					if (kind === 'failed-sync') entry.doomed = true
					else if (!entry.doomed) entry.durable = true
				}
				// In order, or an older write would come to lie over a newer one.
				if (entry.durable && !blocked) {
					this.#durable.apply(again(entry.operation))
					continue
				}
				blocked = true
			}
			rest.push(entry)
		}
		this.#entries = rest
	}
}

function applyFate(tree: Tree, operation: NameOperation | DataOperation, fate: Fate): void {
	if (fate === 'dropped') return
	if (fate === 'kept') {
		tree.apply(again(operation))
		return
	}
	if (operation.kind !== 'write') throw new TypeError(`A ${operation.kind} is done or not, and nothing between`)
	const { node, at, bytes } = operation
	if (fate === 'length' || 'allBut' in fate) {
		const end = Math.max(tree.file(node).content.bytes, at + bytes.length)
		tree.apply({ kind: 'truncate', node, bytes: end })
	}
	if (fate === 'length') return
	const kept =
		'first' in fate
			? { at, bytes: bytes.subarray(0, fate.first) }
			: { at: at + fate.allBut, bytes: bytes.subarray(fate.allBut) }
	tree.apply({ kind: 'write', node, ...kept })
}

/** The inode is there since `bear`: to create it once more would empty one whose content was synced before its name. */
function again(operation: NameOperation | DataOperation): NameOperation | DataOperation {
	return operation.kind === 'create' ? { ...operation, kind: 'link' } : operation
}
