import {
	algorithmNamed,
	type Digest,
	type DigestAlgorithm,
	type DigestSource,
	hexOfBase64Digest,
	hexOfDigest,
} from './digest.ts'
import { parseByteDictionary } from './structured-bytes.ts'

export interface DigestFields {
	/** By lower-case name, as in a `ResponseHead`. */
	readonly fields: ReadonlyMap<string, string>
	/** Whether the content of this response is the whole representation: a 200, or a 206 for all of it. */
	readonly wholeInOneResponse: boolean
}

/**
 * The digests of the whole representation that a response sends, the most trustworthy field first.
 *
 * A digest of the *content* says something about the file only where the content is the whole file. What is malformed,
 * or of an algorithm that skein cannot compute, is passed over: a digest is a help, never a reason to fail.
 */
export function digestsFromFields({ fields, wholeInOneResponse }: DigestFields): readonly Digest[] {
	const ofAnyResponse = [...fromDictionary(fields, 'repr-digest'), ...fromGoogleStorage(fields)]
	if (!wholeInOneResponse) return ofAnyResponse
	const ofContent = [...fromDictionary(fields, 'content-digest'), ...fromAmazonStorage(fields)]
	const legacy = contentCoding(fields) === 'identity' ? [...fromLegacyDigest(fields), ...fromContentMd5(fields)] : []
	return [...ofAnyResponse, ...ofContent, ...legacy]
}

/** RFC 9530 §2 and §3: `sha-256=:…base64…:`, a Dictionary of Byte Sequences. */
function fromDictionary(fields: DigestFields['fields'], name: 'repr-digest' | 'content-digest'): Digest[] {
	const members = parseByteDictionary(fields.get(name) ?? '')
	return [...(members ?? [])].flatMap(([key, base64]) => digest(name, registered(key), base64))
}

/** RFC 3230, obsolete: base64 after `=`. RFC 9530 names it a hint; servers write hex as well. */
function fromLegacyDigest(fields: DigestFields['fields']): Digest[] {
	return pairs(fields.get('digest')).flatMap(([name, value]) => {
		const algorithm = registered(name.replace(/^id-/, ''))
		// crc32c was registered as up to eight hex digits.
		const hex = algorithm === 'crc32c' && /^[0-9a-f]{1,8}$/i.test(value) ? value.padStart(8, '0') : value
		return digest('digest', algorithm, hex)
	})
}

/** RFC 1864, obsolete since RFC 7231 Appendix B. */
function fromContentMd5(fields: DigestFields['fields']): Digest[] {
	return digest('content-md5', 'md5', fields.get('content-md5') ?? '')
}

/** Of the object as stored: where the service unpacks it on the way, the digest is of other bytes than those we get. */
function fromGoogleStorage(fields: DigestFields['fields']): Digest[] {
	const stored = fields.get('x-goog-stored-content-encoding') ?? contentCoding(fields)
	if (stored.trim().toLowerCase() !== contentCoding(fields)) return []
	return pairs(fields.get('x-goog-hash')).flatMap(([name, value]) => digest('x-goog-hash', algorithmNamed(name), value))
}

/** A composite value, `BASE64-PARTS`, is a digest of digests; a ranged answer may carry the digest of one part. */
function fromAmazonStorage(fields: DigestFields['fields']): Digest[] {
	if (fields.get('x-amz-checksum-type')?.trim().toUpperCase() === 'COMPOSITE') return []
	return ['sha256', 'sha1', 'crc32', 'crc32c'].flatMap(name =>
		digest('x-amz-checksum', algorithmNamed(name), fields.get(`x-amz-checksum-${name}`) ?? ''),
	)
}

/** One digest or none. A value as long as the hex form is hex: no base64 of the same algorithm has that length. */
function digest(source: DigestSource, algorithm: DigestAlgorithm | undefined, encoded: string): Digest[] {
	if (algorithm === undefined) return []
	const text = encoded.trim()
	const value = hexOfDigest(algorithm, text) ?? hexOfBase64Digest(algorithm, text)
	return value === undefined ? [] : [{ algorithm, value, source }]
}

/** In the registry of hash algorithms for HTTP digest fields, `sha` is SHA-1. */
function registered(name: string): DigestAlgorithm | undefined {
	return name === 'sha' ? 'sha-1' : algorithmNamed(name)
}

function pairs(list: string | undefined): readonly (readonly [name: string, value: string])[] {
	const items = (list ?? '').split(',').filter(item => item.includes('='))
	return items.map(item => {
		const equals = item.indexOf('=')
		return [item.slice(0, equals).trim().toLowerCase(), item.slice(equals + 1).trim()]
	})
}

function contentCoding(fields: DigestFields['fields']): string {
	return fields.get('content-encoding')?.trim().toLowerCase() || 'identity'
}
