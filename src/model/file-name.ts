import { decodePercent } from './byte-string.ts'
import { fileNameFromDisposition } from './content-disposition.ts'

/** What file systems allow, less room for `.part.journal.orphan` and a number up to `.999`. */
const maxNameBytes = 255 - 24
/** A longer "extension" is a part of the name that happens to follow a dot. */
const maxExtensionBytes = 32

/** The name for a file: the server's, else the last segment of the URL's path, else `download`; always safe. */
export function chooseFileName(from: { readonly disposition?: string | undefined; readonly url: URL }): string {
	const given = from.disposition === undefined ? undefined : fileNameFromDisposition(from.disposition)
	return (given === undefined ? undefined : safeFileName(given)) ?? fileNameFromUrl(from.url) ?? 'download'
}

/** The last segment of the path, percent-decoded and made safe; undefined where the path ends in a slash. */
export function fileNameFromUrl(url: URL): string | undefined {
	const segment = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
	return safeFileName(decodePercent(segment))
}

/**
 * One path component for whatever a stranger calls a file; undefined where nothing of it can be kept.
 *
 * The result has no separator, control, bidirectional or invisible character, is no hidden file, option, home folder,
 * device, unfinished file or journal of ours, means the same on every system (NFC, nothing that Windows forbids or drops), and leaves
 * room for our suffixes. Safe names stay as they are.
 */
export function safeFileName(raw: string): string | undefined {
	const segment = withoutMiddle(lastSegment(raw)).replace(invisible, '').normalize('NFC')
	const name = withoutTrailingDots(segment.trim()).replace(forbidden, '_')
	if (name === '') return undefined
	// Cut before and after: a cut can leave a device of a longer name, and what is put before a device can make it too long.
	const harmless = withoutReservedStem(cut(name.replace(/^[.~-]+/, '_')))
	return cut(harmless).replace(ours, '_$1')
}

// Zero-width characters, directional overrides, variation selectors and the like make one name look like another.
const invisible = /\p{Default_Ignorable_Code_Point}/gu

// C0 and C1 controls, line separators, noncharacters and lone surrogates, and what Windows forbids: `:` would open
// an alternate stream there.
const forbidden =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb<>:"|?*]|\p{Noncharacter_Code_Point}|\p{Surrogate}/gu

// What another download has beside its file while it is unfinished. A stranger who could plant a journal could have wrong
// bytes taken for an earlier run's; one who could take the name of a `.part` could put his bytes in its place.
const ours = /\.(part|(?<=\.part\.)journal|(?<=\.part\.journal\.)new)$/i

function lastSegment(path: string): string {
	return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}

/** Bounds the work: `normalize` takes quadratic time where thousands of accents follow one letter. */
function withoutMiddle(name: string): string {
	return name.length <= 4096 ? name : name.slice(0, 2048) + name.slice(-2048)
}

/** To the length that is allowed; a cut can leave a dot or a blank at the end. */
function cut(name: string): string {
	return withoutTrailingDots(shorten(name, maxNameBytes))
}

/** Windows drops dots and blanks at the end of a name, and would then open another file. */
function withoutTrailingDots(name: string): string {
	let end = name.length
	while (end > 0 && /[.\s]/.test(name.charAt(end - 1))) end -= 1
	return name.slice(0, end)
}

/** Windows takes `NUL.tar.gz` for the device NUL. */
function withoutReservedStem(name: string): string {
	return /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:\.|$)/i.test(name) ? `_${name}` : name
}

/**
 * The nth other name for a file whose name is taken: `name.1.ext`, `archive.1.tar.gz`.
 *
 * @example numberedName('data.tar.gz', 2) // 'data.2.tar.gz'
 */
export function numberedName(name: string, n: number): string {
	const extension = extensionOf(name)
	const end = `.${n}${extension}`
	const stem = name.slice(0, name.length - extension.length)
	// The room for a number is kept free in safe names; only a user's own long name is cut here.
	return `${cutToBytes(stem, maxNameBytes + 4 - utf8Length(end))}${end}`
}

/** Whether a relative path leaves the folder that it starts in, by either kind of separator. */
export function climbsOut(path: string): boolean {
	let depth = 0
	for (const segment of path.split(/[/\\]/)) {
		if (segment === '..') depth -= 1
		else if (segment !== '' && segment !== '.') depth += 1
		if (depth < 0) return true
	}
	return false
}

/** Cuts before the extension, on a code point's boundary. */
function shorten(name: string, maxBytes: number): string {
	// No code unit takes more than three bytes.
	if (name.length * 3 <= maxBytes) return name
	const extension = extensionOf(name)
	const stem = name.slice(0, name.length - extension.length)
	return `${cutToBytes(stem, maxBytes - utf8Length(extension))}${extension}`
}

/** With its dot, `.tar.gz` as a whole; empty where there is none. Digits alone are the end of a version, not a type. */
function extensionOf(name: string): string {
	const [extension = ''] = /(?<=[^.])(?:\.tar)?\.[^.\s]+$/iu.exec(name) ?? []
	return /\p{L}/u.test(extension) && utf8Length(extension) <= maxExtensionBytes ? extension : ''
}

const utf8 = new TextEncoder()

/** As many whole code points as there is room for. */
function cutToBytes(text: string, maxBytes: number): string {
	return text.slice(0, utf8.encodeInto(text, new Uint8Array(maxBytes)).read)
}

function utf8Length(text: string): number {
	return utf8.encode(text).length
}
