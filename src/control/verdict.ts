/** What held a download. */
export interface Verdict {
	readonly bottleneck: Bottleneck
	/** The same for a person, with the figures it was concluded from. */
	readonly text: string
}

export type Bottleneck =
	| 'line'
	| 'server-per-connection'
	| 'server'
	| 'slow-source'
	| 'disk'
	| 'cpu'
	| 'limit'
	| 'too-short-to-tell'
