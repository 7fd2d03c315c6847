import { lastPriority, numberIn } from '../model/preferred-address.ts'

/** What an element says about a file, in whichever of the two languages. */
export type Role = 'file' | 'size' | 'hash' | 'pieces' | 'piece' | 'url'

export interface Dialect {
	readonly namespace: string
	/** By the path of an element. */
	readonly roles: ReadonlyMap<string, Role>
	/** The address's place in order, lowest first; undefined where the document gives none. */
	readonly priorityOf: (attributes: ReadonlyMap<string, string>) => number | undefined
}

const metalink4: Dialect = {
	namespace: 'urn:ietf:params:xml:ns:metalink',
	roles: new Map<string, Role>([
		['metalink/file', 'file'],
		['metalink/file/size', 'size'],
		['metalink/file/hash', 'hash'],
		['metalink/file/pieces', 'pieces'],
		['metalink/file/pieces/hash', 'piece'],
		['metalink/file/url', 'url'],
	]),
	priorityOf: attributes => numberIn(attributes.get('priority')?.trim(), 1, lastPriority),
}

/** Metalink 3.0, second edition, of 2007: no standard, and still what many mirrors send. */
const metalink3: Dialect = {
	namespace: 'http://www.metalinker.org/',
	roles: new Map<string, Role>([
		['metalink/files/file', 'file'],
		['metalink/files/file/size', 'size'],
		['metalink/files/file/verification/hash', 'hash'],
		['metalink/files/file/verification/pieces', 'pieces'],
		['metalink/files/file/verification/pieces/hash', 'piece'],
		['metalink/files/file/resources/url', 'url'],
	]),
	// `preference` goes the other way: 100 is the best.
	priorityOf: attributes => {
		const preference = numberIn(attributes.get('preference')?.trim(), 0, 100)
		return preference === undefined ? undefined : 101 - preference
	},
}

const dialects: readonly Dialect[] = [metalink4, metalink3]

/** The language of a document by its outermost element; undefined where it is none of ours. */
export function dialectOf(root: { readonly namespace: string; readonly path: string }): Dialect | undefined {
	return root.path === 'metalink' ? dialects.find(({ namespace }) => namespace === root.namespace) : undefined
}
