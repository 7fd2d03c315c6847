import type { ClientOptions } from '../api/options.ts'
import type { Environment } from './environment.ts'
import type { Typed } from './typed.ts'
import { unreadable } from './unreadable.ts'
import { usageError } from './usage-error.ts'

type Files = Pick<Environment, 'readText'>

/** What all downloads of a run share, with the file of `--cacert` read. Throws E_USAGE. */
export async function clientOptionsOf({ client, cacertFile }: Typed, files: Files): Promise<ClientOptions> {
	return cacertFile === undefined ? client : { ...client, ca: await readCertificates(cacertFile, files) }
}

async function readCertificates(path: string, files: Files): Promise<string> {
	const pem = await files.readText(path).catch(cause => {
		throw unreadable('--cacert', path, cause)
	})
	// Node takes a text without a certificate for an empty list, and then trusts nobody.
	if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw usageError(`\`--cacert\` ${path} holds no certificate in PEM`)
	return pem
}
