import fc from 'fast-check'
import { isDownloadError } from '../../src/base/errors.ts'
import type { MetalinkFile } from '../../src/metalink/described-file.ts'
import { parseMetalink } from '../../src/metalink/metalink.ts'
import { coverFile } from '../../src/model/piece-hashes.ts'
import { malformed, md5, safeNames, sha1, sha256, unsafeNames, v3, v4 } from './documents.ts'

export interface MetalinkFuzz {
	readonly runs: number
	readonly seed: number
}

export interface MetalinkFigures {
	readonly read: number
	readonly refused: number
}

/** Reads documents that are right, nearly right and not at all. Throws where one ends in anything but files or a typed error. */
export function proveMetalinkFuzz({ runs, seed }: MetalinkFuzz): MetalinkFigures {
	const figures = { read: 0, refused: 0 }
	const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype))
	const law = fc.property(documents, fc.constantFrom('file', 'server'), (text, from) => {
		const files = readOrRefuse(text, from)
		if (files === undefined) figures.refused += 1
		else figures.read += 1
		for (const file of files ?? []) checkFile(file)
	})
	const details = fc.check(law, { numRuns: runs, seed })
	if (details.failed) throw new Error(fc.defaultReportMessage(details))
	if (JSON.stringify(Object.getOwnPropertyNames(Object.prototype)) !== before)
		throw new Error('a document reached the prototype of all objects')
	return figures
}

function readOrRefuse(text: string, from: 'file' | 'server'): readonly MetalinkFile[] | undefined {
	try {
		return parseMetalink(text, { name: 'it', from })
	} catch (error) {
		if (!isDownloadError(error)) throw error
		const expected = from === 'file' ? 'E_USAGE' : 'E_PROTOCOL'
		if (error.code !== expected && error.code !== 'E_UNSAFE_NAME') throw error
		if (!((error.details['line'] as number) >= 1)) throw new Error(`no line: ${error.message}`)
		// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
		if (/[\u0000-\u001f\u007f-\u009f]/.test(error.message)) throw new Error('the message acts on a terminal')
		return undefined
	}
}

function checkFile({ name, bytes, digests, pieces, urls }: MetalinkFile): void {
	const climbs = name.split('/').some(component => component === '' || component === '..' || component === '.')
	if (climbs || name.includes('\\')) throw new Error(`the name ${name} leads out`)
	if (urls.length === 0 || urls.length > 64) throw new Error(`${urls.length} addresses`)
	for (const { url, priority } of urls) {
		if (!/^https?:$/.test(url.protocol)) throw new Error(`an address by ${url.protocol}`)
		if (!Number.isInteger(priority) || priority < 1 || priority > 999_999) throw new Error(`a priority of ${priority}`)
	}
	for (const { value } of digests) if (!/^[0-9a-f]+$/.test(value)) throw new Error(`a digest of ${value}`)
	if (pieces === undefined) return
	if (!pieces.hashes.every(hash => /^[0-9a-f]+$/.test(hash))) throw new Error('a piece without a hash')
	if (bytes !== undefined && !coverFile(pieces, bytes)) throw new Error('pieces that are of another file')
}

const number = fc.oneof(fc.nat(20), fc.constantFrom('', '-1', '4294967295', '9e9', '１', ' 2 '))
const algorithm = fc.constantFrom('md5', 'sha-1', 'sha1', 'sha-256', 'SHA256', 'crc32', '__proto__', 'constructor', '')
const hash = fc.oneof(
	{ weight: 6, arbitrary: fc.constantFrom(md5, sha1, sha256) },
	fc.constantFrom('', md5.slice(1), 'x'.repeat(40), '00000000'),
)
const address = fc.oneof(
	{ weight: 6, arbitrary: fc.webUrl().map(url => url.replace(/[&<]/g, '')) },
	fc.constantFrom(
		'ftp://host/a',
		'file:///etc/passwd',
		'javascript:alert(1)',
		'//host/a',
		'',
		'http://',
		'http://a b/',
	),
)
const attributes = fc
	.uniqueArray(
		fc.oneof(
			fc.tuple(fc.constantFrom('priority', 'preference', 'length', 'piece'), number),
			fc.tuple(fc.constantFrom('type', '__proto__', 'hasOwnProperty'), algorithm),
			fc.tuple(fc.constant('location'), fc.constantFrom('de', 'DE', 'deu', '')),
		),
		{ selector: ([name]) => name, maxLength: 4 },
	)
	.map(pairs => pairs.map(([name, value]) => ` ${name}="${value}"`).join(''))

const element = fc.oneof(
	{ weight: 3, arbitrary: fc.tuple(attributes, address).map(([given, url]) => `<url${given}>${url}</url>`) },
	fc.tuple(algorithm, hash).map(([type, value]) => `<hash type="${type}">${value}</hash>`),
	number.map(size => `<size>${size}</size>`),
	fc
		.tuple(algorithm, number, fc.array(fc.tuple(attributes, hash), { maxLength: 4 }))
		.map(
			([type, length, hashes]) =>
				`<pieces type="${type}" length="${length}">${hashes.map(([given, value]) => `<hash${given}>${value}</hash>`).join('')}</pieces>`,
		),
	fc.constantFrom(
		'<file name="b"/>',
		'<__proto__/>',
		'<constructor>x</constructor>',
		'<!-- x -->',
		'<?php x?>',
		'<x xmlns="y"/>',
	),
)
const name = fc.oneof(
	fc.constantFrom(...unsafeNames, ...safeNames.map(([given]) => given)),
	fc.string().map(text => text.replace(/[<&"]/g, '')),
)
const written = fc
	.tuple(
		fc.array(element, { maxLength: 6 }),
		fc.array(element, { maxLength: 3 }),
		fc.oneof(fc.constant('file.bin'), name),
	)
	.chain(([inside, more, called]) =>
		fc.constantFrom(v4(inside.join(''), called), v3(more.join(''), inside.join(''), called)),
	)

/** Some have a piece taken out, put in or doubled. */
const damaged = fc
	.tuple(
		written,
		fc.nat(2000),
		fc.nat(40),
		fc.constantFrom('', '<', '>', '&', '"', ']]>', '<!DOCTYPE a>', '\u0000', '\ud800', '&#x0;'),
	)
	.map(([text, at, length, splinter]) => text.slice(0, at) + splinter + text.slice(at + length))

const documents = fc.oneof(
	{ weight: 5, arbitrary: written },
	{ weight: 4, arbitrary: damaged },
	fc.constantFrom(...malformed.map(([, text]) => text)),
	fc.string({ unit: 'binary', maxLength: 60 }),
)
