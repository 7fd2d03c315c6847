import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createNamespace, type Namespace } from './line/namespace.ts'
import { type ServedByNginx, serveByNginx } from './origin/nginx.ts'
import { type ServedFile, serveFile } from './origin/process.ts'
import type { Tally } from './origin/spec.ts'
import type { MirrorSpec, Scenario } from './scenarios/scenario.ts'

/** The servers of a scenario and the line to them. */
export interface World extends AsyncDisposable {
	readonly urls: readonly string[]
	/** Undefined where our own origin serves. */
	readonly nginx: ServedByNginx | undefined
	/** What a client's command is prefixed with. */
	readonly prefix: readonly string[]
	begin(): Promise<void>
	/** A tally for each of our servers that lives. */
	end(): Promise<readonly Tally[]>
}

/** Starts what a scenario needs; throws where this machine does not allow it. */
export async function createWorld(scenario: Scenario): Promise<World> {
	const { origin, mirrors = [], nginx, delay, wireBytesPerSecond } = scenario
	if (nginx !== undefined) return behindNginx(await serveByNginx(origin, nginx))
	const namespace = wireBytesPerSecond === undefined ? undefined : createNamespace(wireBytesPerSecond)
	const served: ServedFile[] = []
	const remove = async (): Promise<void> => {
		await Promise.all(served.map(file => file[Symbol.asyncDispose]()))
		namespace?.[Symbol.dispose]()
	}
	const serve = async (spec: MirrorSpec): Promise<string> => {
		if (spec === 'dead') return deadUrl()
		const file = await serveFile(spec, delay, namespace?.host)
		served.push(file)
		return file.url
	}
	try {
		const urls: string[] = []
		for (const spec of [origin, ...mirrors]) urls.push(await serve(spec))
		return worldOf(urls, served, namespace, remove)
	} catch (error) {
		await remove()
		throw error
	}
}

function behindNginx(served: ServedByNginx): World {
	return {
		urls: served.urls.slice(0, 1),
		nginx: served,
		prefix: [],
		begin: async () => {},
		end: async () => [],
		[Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
	}
}

function worldOf(
	urls: readonly string[],
	served: readonly ServedFile[],
	namespace: Namespace | undefined,
	remove: () => Promise<void>,
): World {
	return {
		urls,
		nginx: undefined,
		prefix: namespace?.prefix ?? [],
		async begin() {
			await Promise.all(served.map(file => file.begin()))
		},
		end: () => Promise.all(served.map(file => file.end())),
		[Symbol.asyncDispose]: remove,
	}
}

/** Of a port that was free a moment ago. */
async function deadUrl(): Promise<string> {
	const server = createServer().listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as AddressInfo
	await once(server.close(), 'close')
	return `http://127.0.0.1:${port}/file.bin`
}
