import { DownloadError, isDownloadError } from '../../base/errors.ts'
import { codeOf } from '../network-error.ts'

export function lookupError(host: string, error: unknown): DownloadError {
	return new DownloadError('E_NETWORK', `The name ${host} could not be resolved`, {
		details: { code: codeOf(error) },
		hint: codeOf(error) === 'ENOTFOUND' ? 'Is the name spelled right?' : 'Is there a connection to the network?',
		cause: error,
	})
}

export function connectTimeout(host: string, limitMs: number): DownloadError {
	return new DownloadError('E_TIMEOUT', `${host}: not connected within ${limitMs} ms`, { details: { limitMs } })
}

/** An error of a socket before it was ready; `overTls` where TCP was connected and TLS under way. */
export function connectError(host: string, address: string, error: Error | undefined, overTls: boolean): DownloadError {
	if (isDownloadError(error)) return error
	if (overTls && isTlsFailure(error)) return tlsError(host, error)
	const code = codeOf(error) ?? 'ECONNRESET'
	return new DownloadError('E_NETWORK', `${host}: could not connect (${code})`, {
		details: { code, address },
		hint: networkHints[code],
		cause: error,
	})
}

const networkHints: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'Nothing answers on that port, or the server takes no further connection.',
	ECONNRESET: 'The server, or something before it, broke the connection while it was being made.',
	ENETUNREACH: 'Is there a connection to the network?',
	EHOSTUNREACH: 'Is there a connection to the network?',
}

/** Certificates have no system call, and a peer's TLS alert comes as EPROTO; ECONNRESET is Node's for a plain end. */
function isTlsFailure(error: Error | undefined): boolean {
	const code = codeOf(error)
	if (code === undefined || code === 'ECONNRESET') return false
	return code === 'EPROTO' || (error as NodeJS.ErrnoException).syscall === undefined
}

function tlsError(host: string, error: Error | undefined): DownloadError {
	const code = codeOf(error)
	const certificate = code === undefined ? undefined : certificateFaults[code]
	return new DownloadError('E_TLS', `${host}: ${certificate ?? `the TLS handshake failed (${code})`}`, {
		details: { code },
		hint: tlsHint(code, certificate !== undefined),
		cause: error,
	})
}

function tlsHint(code: string | undefined, aboutCertificate: boolean): string {
	if (!aboutCertificate) return 'Does the server speak TLS on that port?'
	if (code !== undefined && unknownAuthority.has(code)) {
		return 'Trust its authority with --cacert (option `ca`), or give up verification with --insecure.'
	}
	return 'Is it the right server? --insecure gives up verification.'
}

/** Whether a server was refused because nobody whom we trust vouches for it. */
export function isUnknownAuthority(error: unknown): boolean {
	return isDownloadError(error, 'E_TLS') && unknownAuthority.has(String(error.details['code']))
}

const unknownAuthority = new Set([
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_GET_ISSUER_CERT',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

const certificateFaults: Readonly<Record<string, string>> = {
	CERT_HAS_EXPIRED: 'the certificate has expired',
	CERT_NOT_YET_VALID: 'the certificate is not valid yet',
	CERT_REVOKED: 'the certificate has been revoked',
	CERT_UNTRUSTED: 'the certificate is not trusted',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself',
	ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
	SELF_SIGNED_CERT_IN_CHAIN: 'the certificate comes from an unknown authority',
	UNABLE_TO_GET_ISSUER_CERT: 'the certificate comes from an unknown authority',
	UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate comes from an unknown authority',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate comes from an unknown authority',
}
