import type { ClientOptions, DownloadOptions } from '../api/options.ts'

/** Everything that flags can set, as typed: what is undefined was not, and the API has the default. */
export interface Typed {
	output?: string
	dir?: string
	inputFile?: string
	metalink?: string
	filesAtOnce: number
	json: boolean
	explain: boolean
	quiet: boolean
	cacertFile?: string
	readonly mirrors: string[]
	readonly headers: Map<string, string>
	readonly download: Mutable<Omit<DownloadOptions, 'to' | 'signal' | 'headers' | 'refresh' | 'checksum'>> & {
		checksum?: string
	}
	readonly client: Mutable<Omit<ClientOptions, 'ca'>>
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export const nothingTyped = (): Typed => ({
	filesAtOnce: 4,
	json: false,
	explain: false,
	quiet: false,
	mirrors: [],
	headers: new Map(),
	download: {},
	client: {},
})
