import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { DelaySpec } from '../line/delaying-proxy.ts'
import type { OriginSpec, Tally } from './spec.ts'

/** What a server process is to be. */
export type Role =
	| { readonly kind: 'origin'; readonly spec: OriginSpec }
	| {
			readonly kind: 'proxy'
			readonly spec: DelaySpec
			readonly upstream: string
			readonly host: string | undefined
	  }

/** What an origin's process is told; it answers each: with a word, or with the tally of the run. */
export type Command = 'begin' | 'end'

/** An origin, behind a long line where one was asked for, each in a process of its own. */
export interface ServedFile extends AsyncDisposable {
	readonly url: string
	begin(): Promise<void>
	end(): Promise<Tally>
}

/** Serves a file; `host` is where the client will look for it. */
export async function serveFile(spec: OriginSpec, delay?: DelaySpec, host?: string): Promise<ServedFile> {
	const listen = delay === undefined && host !== undefined ? { host } : {}
	const origin = await start({ kind: 'origin', spec: { ...spec, ...listen } })
	const proxy = delay === undefined ? undefined : await lengthenLineTo(origin.said, delay, host)
	return {
		url: proxy?.url ?? origin.said,
		async begin() {
			await ask(origin.child, 'begin')
		},
		async end() {
			return (await ask(origin.child, 'end')) as Tally
		},
		async [Symbol.asyncDispose]() {
			await Promise.all([proxy?.[Symbol.asyncDispose](), stop(origin.child)])
		},
	}
}

/** Another URL of the same file, at the near end of a long line to it. */
export async function lengthenLineTo(
	upstream: string,
	delay: DelaySpec,
	host?: string,
): Promise<AsyncDisposable & { readonly url: string }> {
	const { child, said } = await start({ kind: 'proxy', spec: delay, upstream, host })
	return { url: said, [Symbol.asyncDispose]: () => stop(child) }
}

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const loader = new URL('../../test/support/typescript-loader.mjs', import.meta.url).href

async function start(role: Role): Promise<{ readonly child: ChildProcess; readonly said: string }> {
	const child = fork(main, [JSON.stringify(role)], { execArgv: ['--import', loader] })
	return { child, said: (await answerOf(child)) as string }
}

function ask(child: ChildProcess, command: Command): Promise<unknown> {
	const answer = answerOf(child)
	child.send(command)
	return answer
}

async function answerOf(child: ChildProcess): Promise<unknown> {
	const over = new AbortController()
	const { signal } = over
	const gone = once(child, 'exit', { signal }).then(() => {
		throw new Error('A server of the benchmark ended before it answered')
	})
	try {
		const [said] = await Promise.race([once(child, 'message', { signal }), gone])
		return said
	} finally {
		gone.catch(() => {})
		over.abort()
	}
}

async function stop(child: ChildProcess): Promise<void> {
	const isGone = child.exitCode !== null || child.signalCode !== null
	if (isGone) return
	const exit = once(child, 'exit')
	child.kill('SIGKILL')
	await exit
}
