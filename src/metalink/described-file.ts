import { algorithmNamed, type Digest, type DigestAlgorithm, digestAlgorithms, hexOfDigest } from '../model/digest.ts'
import { coverFile, type PieceHashes } from '../model/piece-hashes.ts'
import { bestOf, lastPriority, locationIn, type PreferredAddress } from '../model/preferred-address.ts'
import { type XmlElement, XmlFault } from './xml.ts'

/** One file as a Metalink describes it. */
export interface MetalinkFile {
	/** Relative to the folder of the download, of safe components joined by `/`. */
	readonly name: string
	/** Undefined where the document does not say. */
	readonly bytes: number | undefined
	/** Of the whole file, the strongest first; algorithms that skein cannot compute are left out. */
	readonly digests: readonly Digest[]
	readonly pieces: PieceHashes | undefined
	/** At least one, the preferred first. */
	readonly urls: readonly MetalinkUrl[]
}

/** An address of the file, by http or https. */
export interface MetalinkUrl extends PreferredAddress {}

/** Mirrors of the largest projects number some hundreds. */
const mostUrlsRead = 1000
/** More mirrors than these are of no use to one download, and could be somebody else's servers, named to be flooded. */
const mostUrls = 64

/** Gathers what the elements of one file say. Throws `XmlFault` where that is malformed or contradicts itself. */
export class DescribedFile {
	readonly #name: string
	readonly #line: number
	readonly #digests = new Map<DigestAlgorithm, Digest>()
	readonly #pieces: PieceHashes[] = []
	readonly #urls: MetalinkUrl[] = []
	#bytes: number | undefined
	#open: OpenPieces | undefined

	constructor(name: string, line: number) {
		this.#name = name
		this.#line = line
	}

	addSize({ text, line }: XmlElement): void {
		if (text === '') return
		const bytes = wholeNumber(text)
		if (bytes === undefined) throw new XmlFault(line, 'a size that is no number of bytes')
		if (this.#bytes !== undefined && this.#bytes !== bytes) throw new XmlFault(line, 'two sizes for one file')
		this.#bytes = bytes
	}

	addHash(element: XmlElement): void {
		const algorithm = algorithmOf(element)
		if (algorithm === undefined) return
		const value = hexOf(algorithm, element)
		if ((this.#digests.get(algorithm)?.value ?? value) !== value)
			throw new XmlFault(element.line, `two digests of ${algorithm} for one file`)
		this.#digests.set(algorithm, { algorithm, value, source: 'metalink' })
	}

	beginPieces(element: XmlElement): void {
		this.#open = new OpenPieces(element)
	}

	addPiece(element: XmlElement): void {
		this.#open?.add(element)
	}

	endPieces(): void {
		const pieces = this.#open?.end()
		if (pieces !== undefined) this.#pieces.push(pieces)
		this.#open = undefined
	}

	addUrl({ text, line, attributes }: XmlElement, priority: number | undefined): void {
		if (!URL.canParse(text)) throw new XmlFault(line, 'an address that is no URL')
		const url = new URL(text)
		if (url.protocol !== 'http:' && url.protocol !== 'https:') return
		if (this.#urls.length === mostUrlsRead) throw new XmlFault(line, `more than ${mostUrlsRead} addresses of one file`)
		const location = locationIn(attributes.get('location')?.trim())
		this.#urls.push({ url, priority: priority ?? lastPriority, location })
	}

	/** Of several kinds of pieces those count that are hardest to forge. */
	end(): MetalinkFile {
		if (this.#urls.length === 0) throw new XmlFault(this.#line, 'a file without an http or https address')
		const pieces = this.#pieces.sort((a, b) => strength(a.algorithm) - strength(b.algorithm))[0]
		if (pieces !== undefined && this.#bytes !== undefined && !coverFile(pieces, this.#bytes))
			throw new XmlFault(this.#line, 'pieces that do not make up the size of their file')
		return {
			name: this.#name,
			bytes: this.#bytes,
			digests: [...this.#digests.values()].sort((a, b) => strength(a.algorithm) - strength(b.algorithm)),
			pieces,
			urls: bestOf(this.#urls, mostUrls),
		}
	}
}

/** One list of pieces, whose hashes are still to come. */
class OpenPieces {
	readonly #algorithm: DigestAlgorithm | undefined
	readonly #pieceBytes: number
	readonly #line: number
	/** With holes while pieces are missing that are numbered lower. */
	readonly #hashes: string[] = []
	#count = 0

	constructor(element: XmlElement) {
		const pieceBytes = wholeNumber(element.attributes.get('length') ?? '')
		if (pieceBytes === undefined || pieceBytes === 0) throw new XmlFault(element.line, 'pieces without a length')
		this.#algorithm = algorithmOf(element)
		this.#pieceBytes = pieceBytes
		this.#line = element.line
	}

	/** Metalink 4 goes by order; Metalink 3 numbers them from 0 besides, in no order that anybody promised. */
	add(element: XmlElement): void {
		if (this.#algorithm === undefined) return
		const number = element.attributes.get('piece')
		const index = number === undefined ? this.#count : wholeNumber(number)
		if (index === undefined || index >= mostPieces || this.#hashes[index] !== undefined)
			throw new XmlFault(element.line, 'a piece whose number is none, or is given twice')
		this.#hashes[index] = hexOf(this.#algorithm, element)
		this.#count += 1
	}

	end(): PieceHashes | undefined {
		if (this.#algorithm === undefined) return undefined
		if (this.#count === 0 || this.#count < this.#hashes.length)
			throw new XmlFault(this.#line, 'pieces of which some are missing')
		return { algorithm: this.#algorithm, pieceBytes: this.#pieceBytes, hashes: this.#hashes }
	}
}

/** More hashes than the longest document that is read could hold. */
const mostPieces = 1 << 20

const strength = (algorithm: DigestAlgorithm): number => digestAlgorithms.indexOf(algorithm)

function algorithmOf({ attributes }: XmlElement): DigestAlgorithm | undefined {
	return algorithmNamed(attributes.get('type')?.trim() ?? '')
}

function hexOf(algorithm: DigestAlgorithm, { text, line }: XmlElement): string {
	const hex = hexOfDigest(algorithm, text)
	if (hex === undefined) throw new XmlFault(line, `a digest that is no hex of ${algorithm}`)
	return hex
}

function wholeNumber(text: string): number | undefined {
	const number = /^\s*\d{1,16}\s*$/.test(text) ? Number(text) : Number.NaN
	return Number.isSafeInteger(number) ? number : undefined
}
