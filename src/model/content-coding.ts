/** RFC 9110 §8.4.1, and what the registry has gained since. */
const registered: ReadonlySet<string> = new Set([
	'br',
	'compress',
	'dcb',
	'dcz',
	'deflate',
	'gzip',
	'x-compress',
	'x-gzip',
	'zstd',
])

/**
 * The coding that lies between the file and the bytes of an answer; undefined where there is none.
 *
 * `unknown` stands for all that is not registered: such a text is the server's to choose, and may repeat a secret.
 */
export function contentCoding(fields: ReadonlyMap<string, string>): string | undefined {
	const coding = fields.get('content-encoding')?.trim().toLowerCase() ?? ''
	if (coding === '' || coding === 'identity') return undefined
	return registered.has(coding) ? coding : 'unknown'
}
