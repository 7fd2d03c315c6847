import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { pseudoRandom } from '../test/support/body.ts'
import { createNamespace } from './line/namespace.ts'
import { serveByNginx } from './origin/nginx.ts'
import { lengthenLineTo, type ServedFile, serveFile } from './origin/process.ts'
import type { OriginSpec, Tally } from './origin/spec.ts'
import type { Original } from './original.ts'
import type { ManyFiles } from './peers/peer.ts'
import { openPlace, temporaryFolder } from './places.ts'
import type { MirrorSpec, Scenario } from './scenarios/scenario.ts'

/** The servers of a scenario and the line to them. */
export interface World extends AsyncDisposable {
	/** Of one file: where it is, and its mirrors. */
	readonly urls: readonly string[]
	/** Where there are many. */
	readonly many: Omit<ManyFiles, 'folder'> | undefined
	/** What is served. */
	readonly originals: readonly Original[]
	/** A PEM file with what to trust; undefined where no URL is of TLS. */
	readonly ca: string | undefined
	/** What a client's command is prefixed with. */
	readonly prefix: readonly string[]
	/** Where clients write. */
	readonly folder: string
	begin(): Promise<void>
	/** A tally for each of our servers that lives; nginx keeps none. */
	end(): Promise<readonly Tally[]>
}

type Servers = Omit<World, 'prefix' | 'folder' | typeof Symbol.asyncDispose>

/** What is to be stopped at the end; the last that was started is the first. */
type Started = (Disposable | AsyncDisposable)[]

/** Starts what a scenario needs; throws where this machine does not allow it. */
export async function createWorld(scenario: Scenario): Promise<World> {
	const started: Started = []
	const stop = async (): Promise<void> => {
		for (const one of started.toReversed())
			await (Symbol.asyncDispose in one ? one[Symbol.asyncDispose]() : one[Symbol.dispose]())
	}
	try {
		const { wireBytesPerSecond, to = 'disk' } = scenario
		const place = await openPlace(to)
		started.push(place)
		const kept = scenario.keepsFiles ? await temporaryFolder(place.folder, 'kept') : undefined
		if (kept !== undefined) started.push(kept)
		const line = wireBytesPerSecond === undefined ? undefined : createNamespace(wireBytesPerSecond)
		if (line !== undefined) started.push(line)
		const serve = scenario.nginx === undefined ? serveOurselves : serveFast
		const servers = await serve(scenario, line?.host, started)
		return { ...servers, prefix: line?.prefix ?? [], folder: kept?.path ?? place.folder, [Symbol.asyncDispose]: stop }
	} catch (error) {
		await stop()
		throw error
	}
}

async function serveFast(
	{ origin, nginx = {}, delay }: Scenario,
	host: string | undefined,
	started: Started,
): Promise<Servers> {
	const { urls, originals, ca, list, ...served } = await serveByNginx(origin.bytes, nginx, host)
	started.push(served)
	const [url = ''] = urls
	const long = delay === undefined ? undefined : await lengthenLineTo(url, delay, host)
	if (long !== undefined) started.push(long)
	return {
		urls: [long?.url ?? url],
		many: nginx.files === undefined ? undefined : { urls, list },
		originals,
		ca,
		begin: async () => {},
		end: async () => [],
	}
}

async function serveOurselves(
	{ origin, mirrors = [], delay }: Scenario,
	host: string | undefined,
	started: Started,
): Promise<Servers> {
	const served: ServedFile[] = []
	const serve = async (spec: MirrorSpec): Promise<string> => {
		if (spec === 'dead') return deadUrl()
		const file = await serveFile(spec, delay, host)
		started.push(file)
		served.push(file)
		return file.url
	}
	const urls: string[] = []
	for (const spec of [origin, ...mirrors]) urls.push(await serve(spec))
	return {
		urls,
		many: undefined,
		originals: [originalOf(origin)],
		ca: undefined,
		async begin() {
			await Promise.all(served.map(file => file.begin()))
		},
		end: () => Promise.all(served.map(file => file.end())),
	}
}

function originalOf({ bytes, version = 1 }: OriginSpec): Original {
	return { name: 'file.bin', bytes, content: { memory: pseudoRandom(bytes, version) } }
}

/** Of a port that was free a moment ago. */
async function deadUrl(): Promise<string> {
	const server = createServer().listen(0, '127.0.0.1')
	await once(server, 'listening')
	const { port } = server.address() as AddressInfo
	await once(server.close(), 'close')
	return `http://127.0.0.1:${port}/file.bin`
}
