import { type SaxesAttributeNS, SaxesParser } from 'saxes'

/** An element while it is open, and once more when it is closed. */
export interface XmlElement {
	readonly namespace: string
	/** Its own name and those of the elements that it is in, outermost first: `metalink/file/size`. Those of foreign namespaces are `?`. */
	readonly path: string
	/** Those of no namespace, by name. */
	readonly attributes: ReadonlyMap<string, string>
	/** The characters directly in it, trimmed; complete when it is closed. */
	readonly text: string
	/** Where its start tag ends, counted from 1. */
	readonly line: number
}

export interface XmlVisitor {
	opened(element: XmlElement): void
	closed(element: XmlElement): void
}

/** What is wrong with a document, and where. */
export class XmlFault extends Error {
	override readonly name = 'XmlFault'
	readonly line: number

	constructor(line: number, why: string) {
		super(why)
		this.line = line
	}
}

/** The deepest element that means something is the sixth. Each level costs every element within it. */
const deepest = 16
/** Elements and attributes: twice what the longest description of pieces has. */
const mostNodes = 1_000_000

/**
 * Walks through a document that may be anybody's. Throws `XmlFault` where it is not well-formed, and for what a description
 * has no need of: a DOCTYPE, by which alone entities could be declared that name files or multiply (XXE, "billion laughs"), an
 * encoding other than UTF-8, and nesting without end.
 */
export function walkXml(text: string, visitor: XmlVisitor): void {
	const parser = new SaxesParser({ xmlns: true, position: true })
	const open: OpenElement[] = []
	const refuse = (why: string): never => {
		throw new XmlFault(parser.line, why)
	}
	let nodes = 0
	const count = (): void => {
		nodes += 1
		if (nodes > mostNodes) refuse(`more than ${mostNodes} elements and attributes`)
	}
	parser.on('error', error => refuse(reasonOf(error)))
	parser.on('doctype', () => refuse('a DOCTYPE, which no Metalink needs'))
	parser.on('xmldecl', ({ encoding = 'utf-8' }) => {
		if (!/^(?:utf-?8|us-ascii)$/i.test(encoding)) refuse(`the encoding ${encoding}: a Metalink has to be UTF-8`)
	})
	parser.on('attribute', count)
	parser.on('opentag', ({ uri, local, attributes }) => {
		count()
		if (open.length === deepest) refuse(`elements nested more than ${deepest} deep`)
		const element = new OpenElement({ uri, local, attributes, within: open.at(-1), line: parser.line })
		open.push(element)
		visitor.opened(element)
	})
	const characters = (piece: string): void => open.at(-1)?.add(piece)
	parser.on('text', characters)
	parser.on('cdata', characters)
	parser.on('closetag', () => visitor.closed(open.pop() as OpenElement))
	parser.write(text.replace(/^\ufeff/, '')).close()
}

interface Tag {
	readonly uri: string
	readonly local: string
	readonly attributes: Readonly<Record<string, SaxesAttributeNS>>
	readonly within: OpenElement | undefined
	readonly line: number
}

class OpenElement implements XmlElement {
	readonly namespace: string
	readonly path: string
	readonly line: number
	readonly attributes: ReadonlyMap<string, string>
	#text = ''

	constructor({ uri, local, attributes, within, line }: Tag) {
		this.namespace = uri
		// An extension may nest what it likes, elements that are named like ours too (RFC 5854 §6).
		const foreign = within !== undefined && uri !== within.namespace
		this.path = `${within === undefined ? '' : `${within.path}/`}${foreign ? '?' : local}`
		this.line = line
		const own = Object.values(attributes).filter(attribute => attribute.uri === '')
		this.attributes = new Map(own.map(attribute => [attribute.local, attribute.value]))
	}

	get text(): string {
		return this.#text.trim()
	}

	add(text: string): void {
		this.#text += text
	}
}

/** The parser begins its messages with line and column. */
function reasonOf({ message }: Error): string {
	return message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')
}
