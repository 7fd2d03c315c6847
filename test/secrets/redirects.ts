import type { Answer } from '../support/origin.ts'

/** The servers that a download may be sent to; all of them on loopback, under the names that the test gives them. */
export interface Places {
	/** Where the user's own origin is: `http://files.example.test:PORT`. */
	readonly own: string
	/** The same server by another name. */
	readonly otherName: string
	/** The same server by a name below its own. */
	readonly subdomain: string
	readonly otherPort: string
	/** The same server once more, by the one name that there is a certificate for. */
	readonly http: string
	readonly https: string
}

export type Place = keyof Places

/** One way to be sent elsewhere. Steps are numbered from 0, and each is an address that ends in `/STEP`. */
export interface Redirect {
	readonly name: string
	/** Where the user's address is. Default: `own`. */
	readonly from?: Place
	/** What each step answers; undefined is the file. `path` makes the path of another step. */
	readonly steps: (places: Places, path: (step: number) => string) => readonly (Answer | undefined)[]
	/** Where the bytes come from in the end; undefined where the redirect is refused. */
	readonly to: Place | undefined
}

const away = (name: string, to: Place, status = 302): Redirect => ({
	name,
	to,
	steps: (places, path) => [{ status, headers: { Location: places[to] + path(1) } }, undefined],
})

export const redirects: readonly Redirect[] = [
	away('to the same origin', 'own', 307),
	away('to another name of the same server', 'otherName', 301),
	away('to another port', 'otherPort'),
	{ ...away('from http to https', 'https', 308), from: 'http' },
	away('to a subdomain', 'subdomain', 303),
	{
		name: 'from https to http',
		from: 'https',
		to: undefined,
		steps: ({ http }, path) => [{ redirect: http + path(1) }, undefined],
	},
	{
		name: 'with user info of its own',
		to: 'otherPort',
		steps: ({ otherPort }, path) => [{ redirect: otherPort.replace('//', '//mallory:word@') + path(1) }, undefined],
	},
	{
		name: 'there and back again',
		to: 'own',
		steps: ({ own, otherPort }, path) => [{ redirect: otherPort + path(1) }, { redirect: own + path(2) }, undefined],
	},
	{
		name: 'relative to the scheme',
		to: 'otherPort',
		steps: ({ otherPort }, path) => [{ redirect: otherPort.replace('http:', '') + path(1) }, undefined],
	},
	{ name: 'relative to the path', to: 'own', steps: () => [{ redirect: './1' }, undefined] },
	{
		name: 'in the content and in Refresh, which are none',
		to: 'own',
		steps: ({ otherPort }, path) => [
			{
				headers: { Refresh: `0; url=${otherPort}${path(1)}`, 'Content-Type': 'text/html' },
				content: Buffer.from(`<meta http-equiv="refresh" content="0; url=${otherPort}${path(1)}">`),
			},
			undefined,
		],
	},
]
