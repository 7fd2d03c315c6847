import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createClient } from '../../src/api/client.ts'

const secrets = /hunter2|t0ken/

const addresses = [
	'http://bob:hunter2@host.test:99999/x?token=t0ken',
	'http://bob:hunter2@/x?token=t0ken',
	'http://bob:hunter2@ho st.test/x#t0ken',
	'http://bob:hunter2%zz@host.test/x?token=t0ken',
	'http://%zz:hunter2@host.test/x',
	'ftp://bob:hunter2@host.test/x?token=t0ken',
	'bob://hunter2@host.test/x?token=t0ken',
	'bob:hunter2@host.test/x?token=t0ken',
	'//bob:hunter2@host.test/x',
	' http://bob:hunter2@host.test:99999/x',
	'http://bob:hun/hunter2@host.test:99999/x',
	'view-source:http://bob:hunter2@host.test/x',
]

test.each(addresses)('%s cannot be downloaded, and the error that says so holds none of its secrets', async address => {
	const client = createClient()

	const errors = [
		await errorOf(() => client.download(address)),
		await errorOf(() => client.probe(address)),
		...(URL.canParse(address) ? [await errorOf(() => client.download(new URL(address)))] : []),
	]

	for (const error of errors) {
		expect(error).toMatchObject({ code: 'E_USAGE' })
		expect(inspect(error, { depth: 5 })).not.toMatch(secrets)
	}
	await client.close()
})

async function errorOf(start: () => PromiseLike<unknown>): Promise<unknown> {
	try {
		await start()
	} catch (error) {
		return error
	}
	throw new Error('It was taken')
}
