import type { DelaySpec } from '../line/delaying-proxy.ts'
import type { NginxSpec } from '../origin/nginx.ts'
import type { OriginSpec, Tally } from '../origin/spec.ts'
import type { PlaceName } from '../places.ts'

/** One piece of work, the programs that do it, and what is claimed of it. */
export interface Scenario {
	readonly name: string
	/** For a reader of the report: what the line or the server is like. */
	readonly about: string
	readonly origin: OriginSpec
	/** nginx serves the content instead of our origin, which would hold back a client at full speed; it keeps no tally. */
	readonly nginx?: NginxSpec
	readonly mirrors?: readonly MirrorSpec[]
	/** The programs that can check a SHA-256 are told it. */
	readonly toldDigest?: boolean
	/** What the target is on. Default: a disk. */
	readonly to?: PlaceName
	/** Default: loopback, where only the origin holds anything back. */
	readonly delay?: DelaySpec
	/** A line that the kernel limits, in a network namespace; of bytes with all their heads. */
	readonly wireBytesPerSecond?: number
	/** What a client that knew all would take; left out where it depends on the number of connections alone. */
	readonly idealMs?: number
	/** Each is run a second time at once, by the same user: what it learned may help it. */
	readonly runsAgain?: boolean
	/** What is written stays until the last of them has ended: its files are many. */
	readonly keepsFiles?: boolean
	/** Each is killed after so long, and then run to the end in the same folder. */
	readonly killedAfterMs?: number
	/** Those that run on Node and let us in say how late their event loop came. */
	readonly watchesLoop?: boolean
	readonly contenders: readonly Contender[]
	/** Default 3. */
	readonly rounds?: number
	readonly claims: readonly Claim[]
}

/** `dead`: nobody listens there. */
export type MirrorSpec = OriginSpec | 'dead'

export interface Contender {
	readonly peer: string
	readonly connections: number | 'auto'
	readonly manner?: Manner
}

/** `checked`: told the SHA-256, and refuses another file. `synced`: syncs the file before it ends. */
export type Manner = 'checked' | 'synced'

/** `skein:auto` or `skein:auto:checked`; `skein:auto again` is a second run, `… killed` and `… resumed` a first and a second. */
export type ContenderName = string

/** A sentence that holds or does not, and the figure that decides. */
export interface Claim {
	readonly claim: string
	/** Whose runs must all have ended with the right bytes. */
	readonly about: readonly ContenderName[]
	readonly figure: (results: Results) => number
	/** The figure must be… */
	readonly wanted: { readonly atMost: number } | { readonly below: number } | { readonly atLeast: number }
}

/** One run of one contender. */
export interface Run {
	readonly contender: ContenderName
	/** From 0. */
	readonly round: number
	readonly wallMs: number
	readonly cpuMs: number | undefined
	readonly peakBytes: number | undefined
	/** Why it does not count; undefined where the file came out right. */
	readonly failure: string | undefined
	/** Of the first origin, then of the mirrors; none of nginx. */
	readonly tallies: readonly Tally[]
	/** What the program said held it, where it says so. */
	readonly verdict: string | undefined
	/** Of a hundred turns of the event loop, one came later than this; where it was watched. */
	readonly loopDelayP99Ms?: number
}

/** The runs of a scenario. */
export interface Results {
	readonly scenario: Scenario
	/** In the order of rounds. */
	of(contender: ContenderName): readonly Run[]
}

export function nameOf({ peer, connections, manner }: Contender): ContenderName {
	return [peer, connections, ...(manner === undefined ? [] : [manner])].join(':')
}
