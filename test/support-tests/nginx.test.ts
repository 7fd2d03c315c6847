import { writeFile } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { get as getByTls } from 'node:https'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pseudoRandom } from '../support/body.ts'
import { suiteNeeds } from '../support/needs.ts'
import { startNginx } from '../support/nginx.ts'

suiteNeeds('nginx')('a real nginx', () => {
	it('serves a file and its ranges, plain and by TLS', async () => {
		await using nginx = await startNginx()
		const body = pseudoRandom(3_000_000)
		await writeFile(join(nginx.root, 'file.bin'), body)
		const whole = await read(resolve => get(`${nginx.origin}/file.bin`, { agent: false }, resolve))
		expect(whole.equals(body)).toBe(true)
		const headers = { range: 'bytes=1000000-' }
		const part = await read(resolve =>
			getByTls(`${nginx.tlsOrigin}/file.bin`, { ca: nginx.ca, headers, agent: false }, resolve),
		)
		expect(part.equals(body.subarray(1_000_000))).toBe(true)
	})

	it('takes further lines of configuration', async () => {
		await using nginx = await startNginx({ server: 'location = /said { return 200 "so"; }', bytesPerSecond: 1_000_000 })
		expect((await read(resolve => get(`${nginx.origin}/said`, { agent: false }, resolve))).toString()).toBe('so')
	})

	it('says why it does not start', async () => {
		await expect(startNginx({ http: 'no_such_directive;' })).rejects.toThrow('no_such_directive')
	})
})

async function read(open: (resolve: (response: IncomingMessage) => void) => unknown): Promise<Buffer> {
	const response = await new Promise<IncomingMessage>(open)
	const parts: Buffer[] = []
	for await (const part of response) parts.push(part as Buffer)
	return Buffer.concat(parts)
}
