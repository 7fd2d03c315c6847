import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, createClient } from '../../src/api/client.ts'
import { isDownloadError } from '../../src/base/errors.ts'
import { pseudoRandom } from '../support/body.ts'
import { certificates } from '../support/certificates.ts'
import { type Answer, type Origin, type RequestRecord, startOrigin } from '../support/origin.ts'
import { tempDir } from '../support/temp-dir.ts'
import { type Credential, credentials, holds } from './credentials.ts'
import { leadToLoopback } from './local-names.ts'
import { type Places, type Redirect, redirects } from './redirects.ts'

export interface CrossingFigures {
	readonly crossings: number
	/** To the user's own origins, and how many of those had the secret with them. */
	readonly ownRequests: number
	readonly ownWithSecret: number
	readonly foreignRequests: number
}

/** One credential and one redirect. */
interface Crossing {
	readonly credential: Credential
	readonly redirect: Redirect
	readonly secret: string
	readonly folder: string
}

/** Large enough for several requests to where the redirect leads. */
const body = pseudoRandom(300_000)

/** Every credential by every redirect. Throws where one reaches an origin that it is not meant for, or not the one that it is. */
export async function proveSecretsStay(): Promise<CrossingFigures> {
	using _names = leadToLoopback()
	await using world = await startWorld()
	const figures = { crossings: 0, ownRequests: 0, ownWithSecret: 0, foreignRequests: 0 }
	for (const credential of credentials) {
		for (const redirect of redirects) {
			const secret = `hush${figures.crossings}hush`
			const met = await cross(world, { credential, redirect, secret, folder: world.folder })
			figures.crossings += 1
			figures.ownRequests += met.own.length
			figures.ownWithSecret += met.own.filter(text => holds(text, secret)).length
			figures.foreignRequests += met.foreign.length
		}
	}
	return figures
}

interface World extends AsyncDisposable {
	readonly client: Client
	readonly places: Places
	readonly folder: string
	readonly origins: readonly Origin[]
	/** What the steps of the crossing under way answer. */
	answers: readonly (Answer | undefined)[]
}

async function startWorld(): Promise<World> {
	const { ca, cert, key } = await certificates()
	const answer = ({ path }: RequestRecord): Answer | undefined =>
		world.answers[Number(/\/(\d)(?:\?|$)/.exec(path)?.[1])]
	const own = await startOrigin({ body, answer })
	const other = await startOrigin({ body, answer })
	const secure = await startOrigin({ body, answer, tls: { cert, key } })
	const folder = await tempDir()
	const client = createClient({ ca })
	const world: World = {
		client,
		folder: folder.path,
		origins: [own, other, secure],
		places: {
			own: `http://files.example.test:${own.port}`,
			otherName: `http://cdn.example.test:${own.port}`,
			subdomain: `http://www.files.example.test:${own.port}`,
			otherPort: `http://files.example.test:${other.port}`,
			http: `http://localhost:${own.port}`,
			https: `https://localhost:${secure.port}`,
		},
		answers: [],
		async [Symbol.asyncDispose]() {
			await client.close()
			for (const origin of [own, other, secure]) await origin.close()
			await folder[Symbol.asyncDispose]()
		},
	}
	return world
}

/** The heads of all requests that were made for one crossing. */
interface Met {
	readonly own: readonly string[]
	readonly foreign: readonly string[]
}

async function cross(world: World, crossing: Crossing): Promise<Met> {
	const { redirect, credential, secret } = crossing
	const path = (step: number): string => `/${secret.replaceAll('hush', 'n')}/${step}`
	const from = world.places[redirect.from ?? 'own']
	world.answers = redirect.steps(world.places, path)
	const seen = world.origins.map(({ requests }) => requests.length)
	const ended = await download(world, credential.ask(from + path(0), secret))
	const requests = world.origins.flatMap((origin, index) => origin.requests.slice(seen[index]).map(head(origin)))
	const own = requests.filter(({ origin }) => origin === from)
	const foreign = requests.filter(({ origin }) => origin !== from)
	const fault = faultIn(crossing, { ended, own, foreign, to: redirect.to && world.places[redirect.to] })
	if (fault === undefined) return { own: own.map(({ text }) => text), foreign: foreign.map(({ text }) => text) }
	throw new Error(`${credential.name}, redirected ${redirect.name}: ${fault}`)
}

async function download(
	{ client, folder }: World,
	{ url, headers = {} }: ReturnType<Credential['ask']>,
): Promise<string> {
	const to = join(folder, 'file.bin')
	try {
		await client.download(url, { to, headers, connections: 2, minSplitBytes: 65_536, retries: 1 })
		await rm(to)
		return 'done'
	} catch (error) {
		if (isDownloadError(error)) return error.code
		throw error
	}
}

interface Head {
	readonly origin: string
	readonly path: string
	readonly text: string
}

/** Which origin the client believed to speak to: the scheme of the server, and the Host that it was sent. */
const head =
	(server: Origin) =>
	({ path, headers, headerList }: RequestRecord): Head => ({
		origin: `${new URL(server.url()).protocol}//${headers['host']}`,
		path,
		text: [path, ...headerList.flat()].join('\n'),
	})

interface Observed {
	readonly ended: string
	readonly own: readonly Head[]
	readonly foreign: readonly Head[]
	/** The origin that the bytes should come from. */
	readonly to: string | undefined
}

/** What was not as it should be; undefined where all was. */
function faultIn(
	{ credential, redirect, secret }: Crossing,
	{ ended, own, foreign, to }: Observed,
): string | undefined {
	if (ended !== (to === undefined ? 'E_REDIRECT' : 'done')) return `ended in ${ended}`
	const leaked = foreign.find(({ text }) => holds(text, secret))
	if (leaked !== undefined) return `the secret reached ${leaked.origin}:\n${leaked.text}`
	if (to !== undefined && ![...own, ...foreign].some(({ origin }) => origin === to)) return `${to} was not asked`
	if (to === undefined && foreign.length > 0) return `${foreign[0]?.origin} was asked`
	const meant = own.filter(({ path }) => credential.meantFor === 'own origin' || path.includes('/0'))
	const missing = meant.find(({ text }) => !holds(text, secret))
	if (credential.meantFor !== 'nobody' && missing !== undefined)
		return `it was not sent to ${missing.origin}:\n${missing.text}`
	const tooMuch = own.find(one => holds(one.text, secret) && (credential.meantFor === 'nobody' || !meant.includes(one)))
	if (tooMuch !== undefined) return `it was sent where it does not belong:\n${tooMuch.text}`
	return own.length === 0 ? `${redirect.name} was never met` : undefined
}
