import { DownloadError } from '../base/errors.ts'
import { escapeForTerminal } from '../base/escape.ts'
import { DescribedFile, type MetalinkFile } from './described-file.ts'
import { type Dialect, dialectOf } from './dialects.ts'
import { relativeFilePath } from './file-path.ts'
import { walkXml, type XmlElement, XmlFault, type XmlVisitor } from './xml.ts'

/** Where a document is from. */
export interface MetalinkOrigin {
	/** What it is called in messages, without secrets. */
	readonly name: string
	/** Who is at fault where it is malformed: a file is the caller's to mend (E_USAGE), an answer the server's (E_PROTOCOL). */
	readonly from: 'file' | 'server'
}

/** A description of ten thousand files with a hundred pieces each would be longer than this. */
export const longestMetalinkBytes: number = 16 * 1024 * 1024

const mostFiles = 10_000

/**
 * Reads a Metalink, 4 (RFC 5854) or 3, into the files that it describes, in their order.
 *
 * What skein has no use for (signatures, torrents, languages, other protocols, foreign markup) is passed over. Throws E_USAGE or E_PROTOCOL with the
 * line of what is malformed, and E_UNSAFE_NAME for a name that leads out of the folder of the download.
 */
export function parseMetalink(text: string, origin: MetalinkOrigin): readonly MetalinkFile[] {
	try {
		// A character is at least one byte of UTF-8.
		if (text.length > longestMetalinkBytes) throw new XmlFault(1, `more than ${longestMetalinkBytes} bytes`)
		const reader = new Reader(origin)
		walkXml(text, reader)
		return reader.files
	} catch (error) {
		if (error instanceof XmlFault) throw malformed(origin, error)
		throw error
	}
}

class Reader implements XmlVisitor {
	readonly files: MetalinkFile[] = []
	readonly #origin: MetalinkOrigin
	#dialect: Dialect | undefined
	#file: DescribedFile | undefined

	constructor(origin: MetalinkOrigin) {
		this.#origin = origin
	}

	opened(element: XmlElement): void {
		this.#dialect ??= dialectOf(element)
		if (this.#dialect === undefined) throw new XmlFault(element.line, 'no Metalink, of version 4 or 3')
		const role = this.#dialect.roles.get(element.path)
		if (role === 'file') this.#file = this.#begin(element)
		if (role === 'pieces') this.#file?.beginPieces(element)
	}

	closed(element: XmlElement): void {
		if (element.path === 'metalink' && this.files.length === 0) throw new XmlFault(element.line, 'no file')
		switch (this.#dialect?.roles.get(element.path)) {
			case 'file':
				this.#end()
				break
			case 'size':
				this.#file?.addSize(element)
				break
			case 'hash':
				this.#file?.addHash(element)
				break
			case 'pieces':
				this.#file?.endPieces()
				break
			case 'piece':
				this.#file?.addPiece(element)
				break
			case 'url':
				this.#addUrl(element)
				break
		}
	}

	#begin(element: XmlElement): DescribedFile {
		const { line } = element
		if (this.files.length === mostFiles) throw new XmlFault(line, `more than ${mostFiles} files`)
		const name = element.attributes.get('name')
		if (name === undefined) throw new XmlFault(line, 'a file without a name')
		const path = relativeFilePath(name)
		if (path === undefined) throw unsafeName(this.#origin, line, name)
		return new DescribedFile(path, line)
	}

	#end(): void {
		const file = this.#file?.end()
		if (file !== undefined) this.files.push(file)
		this.#file = undefined
	}

	#addUrl(element: XmlElement): void {
		// Metalink 3 names torrents in the same element.
		if (element.attributes.get('type')?.trim().toLowerCase() === 'bittorrent') return
		this.#file?.addUrl(element, this.#dialect?.priorityOf(element.attributes))
	}
}

function malformed({ name, from }: MetalinkOrigin, { line, message }: XmlFault): DownloadError {
	const said = `The Metalink ${escapeForTerminal(name)} cannot be used: ${escapeForTerminal(message.slice(0, 200))} (line ${line})`
	return new DownloadError(from === 'file' ? 'E_USAGE' : 'E_PROTOCOL', said, {
		details: { line },
		hint:
			from === 'file'
				? undefined
				: 'The server may have sent a page in its place; one of the addresses in it can be given by hand.',
	})
}

function unsafeName(origin: MetalinkOrigin, line: number, name: string): DownloadError {
	const shown = escapeForTerminal(name.slice(0, 200))
	return new DownloadError(
		'E_UNSAFE_NAME',
		`The Metalink ${escapeForTerminal(origin.name)} names a file \`${shown}\`, which is no path within its folder (line ${line})`,
		{ details: { line }, hint: 'Nothing was downloaded. Do not trust this document.' },
	)
}
