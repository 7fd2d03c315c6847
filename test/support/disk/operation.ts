import type { Node, NodeId } from './tree.ts'

/** What was done to a volume, with all that is needed to do it again. */
export type Operation = NameOperation | DataOperation | SyncOperation

/** Survives a power cut when `folder` was synced after it. */
export type NameOperation =
	| {
			readonly kind: 'create'
			readonly folder: NodeId
			readonly name: string
			readonly node: NodeId
			readonly made: Node
	  }
	| { readonly kind: 'link'; readonly folder: NodeId; readonly name: string; readonly node: NodeId }
	| {
			readonly kind: 'rename'
			readonly from: { readonly folder: NodeId; readonly name: string }
			readonly folder: NodeId
			readonly name: string
			readonly node: NodeId
	  }
	| { readonly kind: 'unlink'; readonly folder: NodeId; readonly name: string; readonly node: NodeId }

/** Survives a power cut when `node` was synced after it. */
export type DataOperation =
	| { readonly kind: 'write'; readonly node: NodeId; readonly at: number; readonly bytes: Uint8Array }
	| { readonly kind: 'truncate'; readonly node: NodeId; readonly bytes: number }
	| { readonly kind: 'mode'; readonly node: NodeId; readonly mode: number }

/** A file or folder was synced, or failed to be. */
export interface SyncOperation {
	readonly kind: 'sync' | 'failed-sync'
	readonly node: NodeId
	/** The operations before this place in the log are those that it speaks of: it was called then. */
	readonly covers: number
}

/** Whose sync makes it durable. */
export function ownerOf(operation: NameOperation | DataOperation): NodeId {
	return 'folder' in operation ? operation.folder : operation.node
}

export function isSync(operation: Operation): operation is SyncOperation {
	return operation.kind === 'sync' || operation.kind === 'failed-sync'
}
