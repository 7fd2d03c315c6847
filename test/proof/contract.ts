/** One thing that is claimed, and the long run that would show it wrong. */
export interface Proof {
	readonly claim: string
	/** It measures time: nothing runs beside it. */
	readonly alone?: true
	/** Runs it at a share of its full size (1 is all of it). Throws an Error that says what was found. */
	readonly run: (scale: number) => Promise<Figures>
}

/** What a run saw: numbers, texts, and lists of them by name: `{ kills: 2000, diedWith: { part: 812 } }`. */
export type Figures = object

/** What became of a proof. */
export type Verdict =
	| { readonly kind: 'held'; readonly figures: Figures; readonly seconds: number }
	| { readonly kind: 'failed'; readonly why: string; readonly seconds: number }
