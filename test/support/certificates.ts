import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tempDir } from './temp-dir.ts'

/** PEM text, as `node:tls` takes it. */
export interface KeyPair {
	readonly cert: string
	readonly key: string
}

/** `cert` and `key` are good for `localhost` and `127.0.0.1` where `ca` is trusted; the others each have one fault. */
export interface Certificates extends KeyPair {
	readonly ca: string
	/** Of the same CA, for `other.example` only. */
	readonly wrongName: KeyPair
	/** For the right names, vouched for by nobody. */
	readonly selfSigned: KeyPair
	/** Of the same CA, for the right names, no longer valid. */
	readonly expired: KeyPair
}

const localNames = 'DNS:localhost,IP:127.0.0.1,IP:::1'

let made: Promise<Certificates> | undefined

/** Certificates for tests, made once in a process by the `openssl` command. */
export function certificates(): Promise<Certificates> {
	made ??= make()
	return made
}

async function make(): Promise<Certificates> {
	await using folder = await tempDir()
	const openssl = opensslIn(folder.path)
	const ca = await selfSigned(openssl, 'ca', 'skein test CA', 'basicConstraints=critical,CA:TRUE')
	const [right, wrongName, alone, expired] = await Promise.all([
		signed(openssl, 'right', localNames, 30),
		signed(openssl, 'wrong-name', 'DNS:other.example', 30),
		selfSigned(openssl, 'alone', 'localhost', `subjectAltName=${localNames}`),
		signed(openssl, 'expired', localNames, -1),
	])
	return { ...right, ca: ca.cert, wrongName, selfSigned: alone, expired }
}

interface OpenSsl {
	readonly folder: string
	run(...args: string[]): Promise<unknown>
}

function opensslIn(folder: string): OpenSsl {
	return { folder, run: (...args) => promisify(execFile)('openssl', args, { cwd: folder }) }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

async function selfSigned(openssl: OpenSsl, name: string, subject: string, extension: string): Promise<KeyPair> {
	const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`]
	await openssl.run('req', '-x509', ...newKey, ...files, '-subj', `/CN=${subject}`, '-days', '30', '-addext', extension)
	return read(openssl.folder, name)
}

async function signed(openssl: OpenSsl, name: string, names: string, days: number): Promise<KeyPair> {
	await writeFile(join(openssl.folder, `${name}.ext`), `subjectAltName=${names}\n`)
	await openssl.run('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`)
	const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-set_serial', `${serialOf(name)}`]
	const files = ['-in', `${name}.csr`, '-out', `${name}.crt`, '-extfile', `${name}.ext`]
	await openssl.run('x509', '-req', ...files, ...by, '-days', `${days}`)
	return read(openssl.folder, name)
}

/** Two certificates of one CA must differ in their serial; the name makes it. */
function serialOf(name: string): bigint {
	return BigInt(`0x${Buffer.from(name).toString('hex')}`)
}

async function read(folder: string, name: string): Promise<KeyPair> {
	const [cert, key] = await Promise.all([
		readFile(join(folder, `${name}.crt`), 'utf8'),
		readFile(join(folder, `${name}.key`), 'utf8'),
	])
	return { cert, key }
}
