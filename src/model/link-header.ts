/** One link of a Link field (RFC 8288). */
export interface Link {
	/** As received: a URI or a relative reference. */
	readonly target: string
	/** Relation types, in lower case. */
	readonly relations: readonly string[]
	/** By lower-case name, the first of each; the value is empty where there was none. */
	readonly parameters: ReadonlyMap<string, string>
}

/** A field of many thousand links is not meant to be read. */
const mostLinks = 1000

const token = "[\\w!#$%&'*+.^`|~-]+"
const target = /[ \t,]*<([^>]*)>/y
const parameter = new RegExp(
	`[ \\t]*;[ \\t]*(?:(${token})(?:[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|([^",; \\t]*)))?)?`,
	'ys',
)
const end = /[ \t]*(?:,|$)/y

/**
 * Reads a Link field, several of them joined by commas too (RFC 8288 §3, appendix B.2).
 *
 * Links with an anchor are left out: they are of another resource than the one that was asked for (§3.2). What comes after
 * something malformed is left out as well, since nobody can say where the next link would begin.
 */
export function parseLinks(field: string): readonly Link[] {
	const links: Link[] = []
	let at = 0
	while (links.length < mostLinks) {
		const opened = matchAt(target, field, at)
		if (opened === undefined) break
		const parameters = new Map<string, string>()
		at += opened[0].length
		for (let next = matchAt(parameter, field, at); next !== undefined; next = matchAt(parameter, field, at)) {
			at += next[0].length
			const [, name = '', quoted, plain = ''] = next
			const key = name.toLowerCase()
			if (key !== '' && !parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/gs, '$1') ?? plain)
		}
		const closed = matchAt(end, field, at)
		if (closed === undefined) break
		at += closed[0].length
		const relations = (parameters.get('rel') ?? '')
			.toLowerCase()
			.split(/[ \t]+/)
			.filter(Boolean)
		if (!parameters.has('anchor')) links.push({ target: opened[1] as string, relations, parameters })
	}
	return links
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | undefined {
	sticky.lastIndex = at
	return sticky.exec(text) ?? undefined
}
