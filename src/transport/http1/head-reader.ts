import { protocolError } from './protocol-error.ts'

/** A response head that grows beyond this is refused. */
export const maxHeadBytes: number = 64 * 1024

const LF = 0x0a
const magic = 'HTTP/'

/**
 * Gathers the lines of a response head from pieces of any size.
 *
 * What cannot become a head is refused with the first byte that shows it, so that a server that speaks something else is
 * an error at once and not a stall.
 */
export class HeadReader {
	readonly #where: string
	readonly #lines: string[] = []
	#line = ''
	#bytes = 0

	constructor(where: string) {
		this.#where = where
	}

	/**
	 * Takes the bytes from `from` to `to`. Once the empty line has come, answers with the lines before it and where the
	 * rest begins. Throws E_PROTOCOL.
	 */
	read(bytes: Buffer, from: number, to: number): { lines: readonly string[]; rest: number } | undefined {
		let at = from
		while (at < to) {
			const lf = bytes.subarray(at, to).indexOf(LF)
			const end = lf < 0 ? to : at + lf + 1
			this.#gather(bytes.toString('latin1', at, end))
			at = end
			if (lf >= 0 && this.#endLine()) return { lines: this.#lines, rest: at }
		}
		return undefined
	}

	#gather(piece: string): void {
		const shown = this.#bytes >= magic.length
		this.#bytes += piece.length
		this.#line += piece
		if (this.#bytes > maxHeadBytes) throw protocolError(this.#where, `has a head of more than ${maxHeadBytes} bytes`)
		if (!shown) this.#checkMagic()
	}

	#checkMagic(): void {
		const start = this.#line.slice(0, magic.length)
		if (!magic.startsWith(start)) throw protocolError(this.#where, 'does not begin with an HTTP status line')
	}

	/** RFC 9112 §2.2 lets a recipient take a bare LF for a line's end; two parties that differ about it can be played off. */
	#endLine(): boolean {
		if (!this.#line.endsWith('\r\n')) throw protocolError(this.#where, 'has a bare LF in its head')
		const line = this.#line.slice(0, -2)
		this.#line = ''
		if (line !== '') this.#lines.push(line)
		return line === ''
	}
}
