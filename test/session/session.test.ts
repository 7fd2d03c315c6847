import { expect, test } from 'vitest'
import { DownloadError } from '../../src/base/errors.ts'
import { type Job, type Outcome, runSession, type SessionListener } from '../../src/session/session.ts'
import { aProbedEvent, FakeClient } from './fake-client.ts'

const jobs = (count: number): Job[] =>
	Array.from({ length: count }, (_, index) => ({
		id: index + 1,
		url: new URL(`http://host/${index + 1}`),
		options: { retries: index },
	}))

const paths = (client: FakeClient): string[] => client.runs.map(({ url }) => new URL(url).pathname)

const codesOf = (outcomes: readonly Outcome[]): string[] =>
	outcomes.map(outcome => (outcome.kind === 'done' ? 'done' : outcome.error.code))

const deaf: SessionListener = { begun() {}, told() {}, ended() {} }

test('files begin in the order given, and no more at once than asked for', async () => {
	const client = new FakeClient()
	const session = runSession(jobs(5), { client, filesAtOnce: 2, signal: new AbortController().signal, listener: deaf })

	await client.untilBegun(2)
	await new Promise(resolve => setImmediate(resolve))
	expect(paths(client)).toEqual(['/1', '/2'])
	client.runs[1]?.succeed()
	await client.untilBegun(3)
	expect(paths(client)).toEqual(['/1', '/2', '/3'])
	client.begun = run => run.succeed()
	for (const run of client.runs) run.succeed()

	expect((await session).map(({ job }) => job.id)).toEqual([1, 2, 3, 4, 5])
	expect(paths(client)).toEqual(['/1', '/2', '/3', '/4', '/5'])
	expect(client.runs.map(({ options }) => options.retries)).toEqual([0, 1, 2, 3, 4])
})

test('a file that fails does not stop the others, and keeps its place in the list', async () => {
	const client = new FakeClient()
	client.begun = run => {
		if (run.url.endsWith('/2')) run.fail(new DownloadError('E_HTTP_STATUS', '404'))
		else run.succeed()
	}
	const outcomes = await runSession(jobs(4), {
		client,
		filesAtOnce: 3,
		signal: new AbortController().signal,
		listener: deaf,
	})

	expect(codesOf(outcomes)).toEqual(['done', 'E_HTTP_STATUS', 'done', 'done'])
})

test('an error that is none of ours counts as a fault of ours, with the original as its cause', async () => {
	const client = new FakeClient()
	const original = new TypeError('x is undefined')
	client.begun = run => run.fail(original)
	const [outcome] = await runSession(jobs(1), {
		client,
		filesAtOnce: 1,
		signal: new AbortController().signal,
		listener: deaf,
	})

	expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'E_INTERNAL', cause: original } })
})

test('a client that throws where it should reject fails its file alone', async () => {
	const client = new FakeClient()
	client.begun = run => run.succeed()
	const download = client.download.bind(client)
	client.download = (url, options) => {
		if (String(url).endsWith('/1')) throw new DownloadError('E_USAGE', 'no such checksum')
		return download(url, options)
	}
	const outcomes = await runSession(jobs(2), {
		client,
		filesAtOnce: 1,
		signal: new AbortController().signal,
		listener: deaf,
	})

	expect(codesOf(outcomes)).toEqual(['E_USAGE', 'done'])
})

test('an abort stops what is under way and keeps the rest from beginning', async () => {
	const client = new FakeClient()
	const controller = new AbortController()
	const session = runSession(jobs(30), { client, filesAtOnce: 20, signal: controller.signal, listener: deaf })
	await client.untilBegun(20)
	client.runs[0]?.succeed()
	await client.untilBegun(21)
	controller.abort()

	expect(codesOf(await session)).toEqual(['done', ...Array.from({ length: 29 }, () => 'E_ABORTED')])
	expect(client.runs).toHaveLength(21)
})

test('any number of files hang on one listener of the signal, and none when all is over', async () => {
	const client = new FakeClient()
	const { signal } = new AbortController()
	let listening = 0
	const add = signal.addEventListener.bind(signal)
	const remove = signal.removeEventListener.bind(signal)
	signal.addEventListener = (...args: Parameters<typeof add>) => {
		listening += 1
		add(...args)
	}
	signal.removeEventListener = (...args: Parameters<typeof remove>) => {
		listening -= 1
		remove(...args)
	}
	const session = runSession(jobs(20), { client, filesAtOnce: 20, signal, listener: deaf })
	await client.untilBegun(20)
	expect(listening).toBe(1)
	for (const run of client.runs) run.succeed()
	await session

	expect(listening).toBe(0)
})

test('each file is told as begun, then its events, then its end, once', async () => {
	const client = new FakeClient()
	const told: string[] = []
	const listener: SessionListener = {
		begun: job => told.push(`${job.id} begun`),
		told: (job, event) => told.push(`${job.id} ${event.event}`),
		ended: ({ job, kind }) => told.push(`${job.id} ${kind}`),
	}
	client.begun = run => {
		run.tell(aProbedEvent)
		run.tell({ event: 'notice', message: 'x' })
		run.tell({ event: 'failed', code: 'E_IO', message: '', hint: null, error: new DownloadError('E_IO', '') })
		run.fail(new DownloadError('E_IO', ''))
	}
	await runSession(jobs(2), { client, filesAtOnce: 1, signal: new AbortController().signal, listener })

	const one = (id: number): string[] => [`${id} begun`, `${id} probed`, `${id} notice`, `${id} failed`]
	expect(told).toEqual([...one(1), ...one(2)])
})
