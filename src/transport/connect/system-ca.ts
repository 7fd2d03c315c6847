import { readFile } from 'node:fs/promises'
import { codeOf } from '../network-error.ts'

/** Gives the certificates, in PEM, that the system trusts; undefined where it keeps none that can be found. */
export type SystemCa = () => Promise<string | undefined>

/** Where Debian, Red Hat, SUSE, Alpine, FreeBSD and macOS keep one file with all of them. */
const bundles = [
	'/etc/ssl/certs/ca-certificates.crt',
	'/etc/pki/tls/certs/ca-bundle.crt',
	'/etc/ssl/ca-bundle.pem',
	'/etc/ssl/cert.pem',
	'/usr/local/share/certs/ca-root-nss.crt',
]

export const systemCa: SystemCa = async () => {
	for (const path of bundles) {
		const pem = await readBundle(path)
		if (pem !== undefined) return pem
	}
	return undefined
}

async function readBundle(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, 'utf8')
	} catch (error) {
		const code = codeOf(error)
		if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return undefined
		throw error
	}
}
