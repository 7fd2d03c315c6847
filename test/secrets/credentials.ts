import type { DownloadOptions } from '../../src/api/options.ts'

/** One way in which a user gives a secret for one address. */
export interface Credential {
	readonly name: string
	/** What the user asks for, with the secret in it. */
	readonly ask: (url: string, secret: string) => { readonly url: string; readonly headers?: DownloadOptions['headers'] }
	/**
	 * Who is to be sent it: every request to the user's own origin, the one for the very address that was given, or
	 * nobody at all.
	 */
	readonly meantFor: 'own origin' | 'given address' | 'nobody'
}

const inField = (name: string, value: (secret: string) => string = secret => secret): Credential => ({
	name: `the header ${name}`,
	ask: (url, secret) => ({ url, headers: { [name]: value(secret) } }),
	meantFor: 'own origin',
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')

export const credentials: readonly Credential[] = [
	{
		name: 'name and password in the address',
		ask: (url, secret) => ({ url: url.replace('//', `//user:${secret}@`) }),
		meantFor: 'own origin',
	},
	{
		name: 'a signature in the query',
		ask: (url, secret) => ({ url: `${url}?sig=${secret}` }),
		meantFor: 'given address',
	},
	{ name: 'a token in the fragment', ask: (url, secret) => ({ url: `${url}#${secret}` }), meantFor: 'nobody' },
	{ ...inField('Authorization', secret => `Basic ${base64(`user:${secret}`)}`), name: 'Authorization: Basic' },
	{ ...inField('authorization', secret => `Bearer ${secret}`), name: 'authorization: Bearer' },
	inField('Cookie', secret => `session=${secret}; theme=dark`),
	inField('Proxy-Authorization', secret => `Basic ${base64(`user:${secret}`)}`),
	inField('X-Api-Key'),
	inField('Referer', secret => `https://page.example/?token=${secret}`),
	inField('PRIVATE-TOKEN'),
	inField('X-Amz-Security-Token'),
	inField('User-Agent', secret => `agent (${secret})`),
]

/** Whether the text holds the secret, as it is or in the form that Basic authentication gives it. */
export function holds(text: string, secret: string): boolean {
	return text.includes(secret) || text.includes(base64(`user:${secret}`))
}
