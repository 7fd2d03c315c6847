import type { Screen } from '../environment.ts'
import { widthOf } from './width.ts'

/**
 * Some lines at the end of a terminal that are drawn again and again, with lasting lines printed above them.
 *
 * The cursor rests at the begin of the line below the block and is never hidden: a process that is killed leaves a
 * terminal that works.
 */
export class LiveBlock {
	readonly #screen: Screen
	#lines: readonly string[] = []

	constructor(screen: Screen) {
		this.#screen = screen
	}

	draw(lines: readonly string[]): void {
		this.#screen.write(this.#toTop() + lines.map(line => `${line}${eraseToLineEnd}\n`).join('') + eraseBelow)
		this.#lines = lines
	}

	/** A line that stays. */
	print(line: string): void {
		const lines = this.#lines
		this.#screen.write(`${this.#toTop()}${eraseBelow}${line}\n`)
		this.#lines = []
		if (lines.length > 0) this.draw(lines)
	}

	/** Takes the block away; what was printed stays. */
	clear(): void {
		if (this.#lines.length > 0) this.#screen.write(this.#toTop() + eraseBelow)
		this.#lines = []
	}

	/** A window that became narrower has folded the lines that were drawn in it. */
	#toTop(): string {
		const columns = Math.max(1, this.#screen.columns())
		const rows = this.#lines.reduce((total, line) => total + Math.max(1, Math.ceil(widthOf(line) / columns)), 0)
		return rows === 0 ? '' : `\r\u001b[${rows}A`
	}
}

const eraseToLineEnd = '\u001b[K'
const eraseBelow = '\u001b[J'
