import { safeFileName } from '../model/file-name.ts'

/** What file systems take for a path. */
const longestPath = 4096

/**
 * The path of a described file, relative to the folder of the download; undefined where the name would lead out of it.
 *
 * RFC 5854 §4.1.2.1: a name may have folders and must not climb, nor begin at a root. What else a component has that is not safe is
 * replaced as in any name from a server.
 */
export function relativeFilePath(name: string): string | undefined {
	if (name.length > longestPath || /^[a-z]:/i.test(name)) return undefined
	// By either separator, as on the system where it means most.
	const components = name.split(/[/\\]/)
	const safe = components.map(component => (isHarmless(component) ? safeFileName(component) : undefined))
	return safe.includes(undefined) ? undefined : safe.join('/')
}

/** An empty component is a root or nothing; dots lead elsewhere, blanks around them too, which Windows drops. */
function isHarmless(component: string): boolean {
	return !/^[\s.]*$/.test(component)
}
