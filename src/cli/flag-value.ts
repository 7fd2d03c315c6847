import { parseBytes } from '../base/bytes.ts'

/** How the text behind a flag is read. */
export interface FlagValue<T> {
	/** What is accepted, as the end of “Expected `--flag` to be …”. */
	readonly wanted: string
	/** Never repeated in a message. */
	readonly secret?: true
	/** Undefined where `text` is not what is wanted. */
	read(text: string): T | undefined
}

export const anyText: FlagValue<string> = {
	wanted: 'a text that is not empty',
	read: text => (text === '' ? undefined : text),
}

export const seconds: FlagValue<number> = {
	wanted: 'a number of seconds above 0',
	read(text) {
		if (!/^\d+(?:\.\d+)?$|^\.\d+$/.test(text)) return undefined
		const ms = Number(text) * 1000
		// The longest wait that a timer of Node can be told, some 24 days.
		return ms > 0 && ms < 2 ** 31 ? ms : undefined
	},
}

export const size: FlagValue<number> = {
	wanted: 'a size above 0, such as `500K`, `2MB` or `1.5G`',
	read: bytesAboveZero,
}

export const rate: FlagValue<number> = {
	wanted: 'bytes a second, more than 0, such as `500K` or `2MB`',
	read: bytesAboveZero,
}

function bytesAboveZero(text: string): number | undefined {
	const bytes = parseBytes(text)
	return bytes === 0 ? undefined : bytes
}

export function wholeNumber(least: number): FlagValue<number> {
	return {
		wanted: `a whole number of ${least} or more`,
		read(text) {
			const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
			return Number.isSafeInteger(number) && number >= least ? number : undefined
		},
	}
}

export const connections: FlagValue<'auto' | number> = {
	wanted: '`auto` or a whole number of 1 or more',
	read: text => (text === 'auto' ? text : wholeNumber(1).read(text)),
}

export function oneOf<const T extends string>(...choices: readonly T[]): FlagValue<T> {
	return { wanted: `one of ${choices.join(', ')}`, read: text => choices.find(choice => choice === text) }
}

/** RFC 9110 §5.1, §5.5: a token, a colon, and a value in which no control character stands. */
export const header: FlagValue<{ readonly name: string; readonly value: string }> = {
	wanted: 'a header such as `Name: value`',
	secret: true,
	read(text) {
		const match = /^([!#$%&'*+.^_`|~0-9a-z-]+):[ \t]*([^\p{Cc}]*)$/iu.exec(text)
		return match === null ? undefined : { name: match[1] ?? '', value: (match[2] ?? '').trim() }
	},
}

/** A value that goes into a header of its own. */
export const headerText: FlagValue<string> = {
	wanted: 'a text without control characters',
	read: text => (/\p{Cc}/u.test(text) ? undefined : text),
}

/** RFC 7617 §2: a user-id without a colon, then a password that may have one; sent as UTF-8. */
export const userAndPassword: FlagValue<string> = {
	wanted: '`NAME:PASS`',
	secret: true,
	read: text => (/^[^\p{Cc}:]*:\P{Cc}*$/u.test(text) ? `Basic ${Buffer.from(text).toString('base64')}` : undefined),
}
