import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { certificates, type KeyPair } from '../support/certificates.ts'
import { startRawServer } from '../support/raw-server.ts'

describe('certificates', () => {
	it('made twice are the same ones', async () => {
		expect(await certificates()).toBe(await certificates())
	})

	it('each fail for their own reason, and the good one does not', async () => {
		const all = await certificates()
		expect(await verdictOn(all, all.ca)).toBe('authorized')
		expect(await verdictOn(all, undefined)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
		expect(await verdictOn(all.wrongName, all.ca)).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
		expect(await verdictOn(all.selfSigned, all.ca)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
		expect(await verdictOn(all.expired, all.ca)).toBe('CERT_HAS_EXPIRED')
	})

	it('are short elliptic keys', async () => {
		expect(new X509Certificate((await certificates()).cert).publicKey.asymmetricKeyType).toBe('ec')
	})
})

async function verdictOn(tls: KeyPair, ca: string | undefined): Promise<string> {
	await using server = await startRawServer(socket => socket.resume(), { tls })
	const socket = connect({ port: server.port, host: '127.0.0.1', servername: 'localhost', ...(ca ? { ca } : {}) })
	try {
		await once(socket, 'secureConnect')
		return 'authorized'
	} catch (error) {
		return (error as NodeJS.ErrnoException).code ?? String(error)
	} finally {
		socket.destroy()
	}
}
