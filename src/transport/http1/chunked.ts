import type { BodyCounter } from './body-counter.ts'
import { protocolError } from './protocol-error.ts'

const CR = 0x0d
const LF = 0x0a
const TAB = 0x09
const SPACE = 0x20
const SEMICOLON = 0x3b
const DEL = 0x7f

/** A chunk's size line, extensions and all. */
const maxLineBytes = 4 * 1024
/** All trailer fields together. */
const maxTrailerBytes = 64 * 1024

/** What the next byte of framing has to be. */
type Expect =
	| 'first-digit'
	| 'digit'
	| 'blank-before-extension'
	| 'extension'
	| 'size-lf'
	| 'data-cr'
	| 'data-lf'
	| 'trailer-start'
	| 'trailer'
	| 'trailer-lf'
	| 'last-lf'
	| 'nothing'

/** Decodes the chunked transfer coding (RFC 9112 §7.1) byte by byte outside the data, and not at all inside it. */
export class ChunkedCounter implements BodyCounter {
	readonly kind = 'chunked'
	readonly bare = false
	owed = 0
	readonly #where: string
	#expect: Expect = 'first-digit'
	#size = 0
	#lineBytes = 0
	#trailerBytes = 0

	constructor(where: string) {
		this.#where = where
	}

	get done(): boolean {
		return this.#expect === 'nothing'
	}

	took(bytes: number): void {
		this.owed -= bytes
	}

	skip(bytes: Uint8Array, from: number, to: number): number {
		let at = from
		while (at < to && this.owed === 0 && !this.done) {
			this.#expect = this.#next(bytes[at] as number)
			at += 1
		}
		return at
	}

	#next(byte: number): Expect {
		switch (this.#expect) {
			case 'first-digit':
				return this.#digit(byte)
			case 'digit':
			case 'blank-before-extension':
			case 'extension':
				return this.#sizeLine(byte)
			case 'size-lf':
				return this.#endSizeLine(byte)
			case 'data-cr':
				return this.#exactly(byte, CR, 'data-lf')
			case 'data-lf':
				return this.#exactly(byte, LF, 'first-digit')
			case 'trailer-start':
			case 'trailer':
				return this.#trailer(byte)
			case 'trailer-lf':
				return this.#exactly(byte, LF, 'trailer-start')
			case 'last-lf':
				return this.#exactly(byte, LF, 'nothing')
			case 'nothing':
				return 'nothing'
		}
	}

	#digit(byte: number): Expect {
		const digit = hexDigit(byte)
		if (digit < 0) throw this.#malformed()
		this.#size = this.#size * 16 + digit
		if (!Number.isSafeInteger(this.#size)) throw protocolError(this.#where, 'has a chunk beyond 2^53 - 1 bytes')
		this.#countLineByte()
		return 'digit'
	}

	/** After the size: its next digit, an extension, which is passed over, or the end of the line. */
	#sizeLine(byte: number): Expect {
		if (byte === CR && this.#expect !== 'blank-before-extension') return 'size-lf'
		this.#countLineByte()
		if (this.#expect === 'extension') return this.#text(byte, 'extension')
		if (byte === SEMICOLON) return 'extension'
		// §7.1.1: blanks before an extension are bad and must be read nevertheless.
		if (byte === SPACE || byte === TAB) return 'blank-before-extension'
		if (this.#expect === 'digit') return this.#digit(byte)
		throw this.#malformed()
	}

	#endSizeLine(byte: number): Expect {
		if (byte !== LF) throw this.#malformed()
		this.owed = this.#size
		this.#size = 0
		this.#lineBytes = 0
		return this.owed === 0 ? 'trailer-start' : 'data-cr'
	}

	/** Trailer fields are passed over: nothing that skein decides on may come after the body. */
	#trailer(byte: number): Expect {
		if (byte === CR) return this.#expect === 'trailer-start' ? 'last-lf' : 'trailer-lf'
		this.#trailerBytes += 1
		if (this.#trailerBytes > maxTrailerBytes) throw protocolError(this.#where, 'has endless trailer fields')
		return this.#text(byte, 'trailer')
	}

	#text(byte: number, then: Expect): Expect {
		if ((byte < SPACE && byte !== TAB) || byte === DEL) throw this.#malformed()
		return then
	}

	#exactly(byte: number, wanted: number, then: Expect): Expect {
		if (byte !== wanted) throw this.#malformed()
		return then
	}

	#countLineByte(): void {
		this.#lineBytes += 1
		if (this.#lineBytes > maxLineBytes) throw protocolError(this.#where, 'has an endless chunk size line')
	}

	#malformed(): Error {
		return protocolError(this.#where, 'has malformed chunks')
	}
}

/** −1 for what is none. */
function hexDigit(byte: number): number {
	if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
	const letter = byte | 0x20
	return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
