import type { HostileName } from './names.ts'

/** How a server comes to name a file. */
export interface Way {
	readonly name: string
	/** Content-Disposition as it goes over the wire, a code unit a byte; undefined where the address names the file. */
	disposition({ bytes }: HostileName): string | undefined
	/** The path of the address. */
	path({ bytes }: HostileName): string
}

const percentEncoded = (bytes: string): string =>
	Array.from(bytes, byte => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')

export const ways: readonly Way[] = [
	{
		name: 'filename',
		disposition: ({ bytes }) => `attachment; filename="${bytes.replace(/["\\]/g, '\\$&')}"`,
		path: () => '/file.bin',
	},
	{
		name: 'filename*',
		disposition: ({ bytes }) => `attachment; filename="decoy.bin"; filename*=UTF-8''${percentEncoded(bytes)}`,
		path: () => '/file.bin',
	},
	{
		name: 'URL',
		disposition: () => undefined,
		path: ({ bytes }) => `/folder/${percentEncoded(bytes)}`,
	},
]
