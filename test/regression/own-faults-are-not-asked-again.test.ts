import { expect, test } from 'vitest'
import { CancelSource } from '../../src/base/abort.ts'
import { DownloadError } from '../../src/base/errors.ts'
import { probe } from '../../src/source/probe.ts'
import type { Exchange, Transport } from '../../src/transport/contract.ts'

test('a fault of ours in reading the first part is told, and the whole is not asked for', async () => {
	const fault = new DownloadError('E_INTERNAL', 'A fault of ours')
	let asked = 0
	const head = {
		status: 206,
		reason: 'Partial Content',
		contentLength: undefined,
		fields: new Map(),
	}
	head.fields.get = (name: string) => {
		if (name === 'content-range') throw fault
		return undefined
	}
	const transport: Transport = {
		send: async () => {
			asked += 1
			return { head, cancel: () => {} } as unknown as Exchange
		},
		close: async () => {},
	}
	const asking = { headers: [], maxRedirects: 0, connectTimeoutMs: 1000, stallTimeoutMs: 1000 }
	const url = new URL('http://origin.test/file.bin')
	await expect(probe(transport, url, asking as never, new CancelSource(), true)).rejects.toBe(fault)
	expect(asked).toBe(1)
})
