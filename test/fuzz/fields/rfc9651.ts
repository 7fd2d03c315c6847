/*
 * A second opinion on Structured Fields: the parsing algorithms of RFC 9651 §4.2, step by step and a character at a time,
 * for a Dictionary. Slow, and too simple to be wrong in the way that a regular expression is.
 */

/** What is not a Structured Field. */
export class Malformed extends Error {}

/** A Dictionary whose members are all Byte Sequences, as base64 by key. Throws `Malformed` for everything else. */
export function byteSequencesOf(field: string): ReadonlyMap<string, string> {
	const text = new Cursor(field)
	text.skip(' ')
	const members = readDictionary(text)
	text.skip(' ')
	text.require(text.atEnd)
	return members
}

class Cursor {
	readonly #text: string
	#at = 0

	constructor(text: string) {
		this.#text = text
	}

	peek(): string {
		return this.#text.charAt(this.#at)
	}

	get atEnd(): boolean {
		return this.#at === this.#text.length
	}

	take(): string {
		const character = this.peek()
		this.#at += 1
		return character
	}

	skip(characters: string): void {
		while (!this.atEnd && characters.includes(this.peek())) this.#at += 1
	}

	takeWhile(allowed: RegExp): string {
		let taken = ''
		while (!this.atEnd && allowed.test(this.peek())) taken += this.take()
		return taken
	}

	expect(character: string): void {
		this.require(this.peek() === character)
		this.#at += 1
	}

	require(holds: boolean): void {
		if (!holds) throw new Malformed(`at ${this.#at} of ${JSON.stringify(this.#text)}`)
	}
}

/** §4.2.2. */
function readDictionary(text: Cursor): Map<string, string> {
	const members = new Map<string, string>()
	while (!text.atEnd) {
		const key = readKey(text)
		text.expect('=')
		// An integer, a token, a list … may be a Dictionary's member, and not one of ours.
		text.require(text.peek() === ':')
		members.set(key, readByteSequence(text))
		readParameters(text)
		text.skip(' \t')
		if (text.atEnd) return members
		text.expect(',')
		text.skip(' \t')
		text.require(!text.atEnd)
	}
	return members
}

/** §4.2.3.3. */
function readKey(text: Cursor): string {
	text.require(/[a-z*]/.test(text.peek()))
	return text.takeWhile(/[a-z0-9_\-.*]/)
}

/** §4.2.3.2. */
function readParameters(text: Cursor): void {
	while (text.peek() === ';') {
		text.take()
		text.skip(' ')
		readKey(text)
		if (text.peek() !== '=') continue
		text.take()
		readBareItem(text)
	}
}

/** §4.2.3.1. */
function readBareItem(text: Cursor): void {
	if (/[-0-9]/.test(text.peek())) readNumber(text)
	else if (text.peek() === '"') readString(text)
	else if (text.peek() === ':') readByteSequence(text)
	else if (text.peek() === '?') readBoolean(text)
	else if (text.peek() === '@') readDate(text)
	else if (text.peek() === '%') readDisplayString(text)
	else readToken(text)
}

/** §4.2.4. True for an Integer, false for a Decimal. */
function readNumber(text: Cursor): boolean {
	if (text.peek() === '-') text.take()
	const whole = text.takeWhile(/[0-9]/)
	text.require(whole !== '')
	if (text.peek() !== '.') {
		text.require(whole.length <= 15)
		return true
	}
	text.take()
	const fraction = text.takeWhile(/[0-9]/)
	text.require(whole.length <= 12 && fraction.length >= 1 && fraction.length <= 3)
	return false
}

/** §4.2.5. */
function readString(text: Cursor): void {
	text.expect('"')
	for (;;) {
		text.require(/[ -~]/.test(text.peek()))
		const character = text.take()
		if (character === '"') return
		if (character !== '\\') continue
		text.require(/["\\]/.test(text.peek()))
		text.take()
	}
}

/** §4.2.6. */
function readToken(text: Cursor): void {
	text.require(/[A-Za-z*]/.test(text.peek()))
	text.takeWhile(/[!#$%&'*+\-.^_`|~0-9A-Za-z:/]/)
}

/** §4.2.7; padding may be left out, and is never in the middle. */
function readByteSequence(text: Cursor): string {
	text.expect(':')
	const base64 = text.takeWhile(/[^:]/)
	text.expect(':')
	const [, digits = '', padding = ''] = /^([A-Za-z0-9+/]*)(=*)$/.exec(base64) ?? []
	text.require(digits + padding === base64)
	text.require(digits.length % 4 !== 1)
	text.require(padding === '' || base64.length % 4 === 0)
	text.require(padding.length <= 2)
	return base64
}

/** §4.2.8. */
function readBoolean(text: Cursor): void {
	text.expect('?')
	text.require(/[01]/.test(text.peek()))
	text.take()
}

/** §4.2.9. */
function readDate(text: Cursor): void {
	text.expect('@')
	text.require(readNumber(text))
}

/** §4.2.10. */
function readDisplayString(text: Cursor): void {
	text.expect('%')
	text.expect('"')
	for (;;) {
		text.require(/[ -~]/.test(text.peek()))
		const character = text.take()
		if (character === '"') return
		if (character !== '%') continue
		for (const _ of 'XX') {
			text.require(/[0-9a-f]/.test(text.peek()))
			text.take()
		}
	}
}
