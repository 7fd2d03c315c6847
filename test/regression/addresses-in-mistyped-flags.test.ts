import { expect, test } from 'vitest'
import { runCommand } from '../../src/cli/run-command.ts'
import { FakeEnvironment } from '../cli/fake-environment.ts'

const address = 'https://host.test/x?sig=t0ken'

test.each([
	[['--retries', address]],
	[['--if-exists', address, address]],
	[[`--outptu=${address}`, address]],
	[['-i', address]],
	[['--cacert', address, address]],
	[['--referer', `${address}\n`, address]],
	[['--user-agent', `${address}\n`, address]],
	[['verify', 'file', '--checksum', address]],
])('%j is refused without a word of the signature', async args => {
	const environment = new FakeEnvironment()
	environment.verifyFile = async (_, checksum) => {
		const { parseChecksum } = await import('../../src/model/digest.ts')
		return { bytes: 0, digest: parseChecksum(checksum) }
	}
	const error = await runCommand(args, '1.2.3', environment).catch((caught: unknown) => caught)
	expect(error).toMatchObject({ code: 'E_USAGE', message: expect.not.stringContaining('t0ken') })
})

test('what is wrong with a flag is still said', async () => {
	const messageOf = async (...args: string[]): Promise<unknown> =>
		((await runCommand(args, '1.2.3', new FakeEnvironment()).catch((caught: unknown) => caught)) as Error).message
	expect(await messageOf('--retries', '-1', 'http://h')).toContain('to be a whole number of 0 or more, got `-1`')
	expect(await messageOf('--outptu=x', 'http://h')).toContain("'--outptu'")
	expect(await messageOf('-i', 'list')).toBe('`--input-file` list cannot be read: ENOENT: no such file or directory')
})
