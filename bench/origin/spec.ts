/** What a benchmark's origin is like, as data: it crosses to the origin's own process. */
export interface OriginSpec {
	/** Of the one file that every path names. */
	readonly bytes: number
	/** Another version has other bytes and another ETag. Default 1. */
	readonly version?: number
	/** Default: loopback. */
	readonly host?: string
	/** For each connection. Default: as fast as the client reads. */
	readonly perConnection?: RateSpec
	/** For all connections together, shared fairly. Default: no limit. */
	readonly line?: RateSpec
	/** The last of every `nth` connections is slower. */
	readonly slowConnections?: { readonly nth: number; readonly factor: number }
	/** What comes while so many answers are under way is turned away. */
	readonly hostCap?: { readonly answers: number; readonly by: '503' | '403' | '429' | 'reset' | 'hang' }
	/** Answers, counted from 0, that stop for ever after so many bytes of their bodies. */
	readonly stalled?: { readonly answers: readonly number[]; readonly afterBytes: number }
}

/** Bytes a second: a number, or a law. */
export type RateSpec =
	| number
	/** A bucket that is spent first. */
	| {
			readonly kind: 'bucket'
			readonly bucketBytes: number
			readonly burstBytesPerSecond: number
			readonly bytesPerSecond: number
	  }
	/** Begins slowly and doubles until it is there. */
	| {
			readonly kind: 'ramp'
			readonly fromBytesPerSecond: number
			readonly doublesEveryMs: number
			readonly bytesPerSecond: number
	  }
	/** Changes when so many bytes of the whole file are sent; before it, no limit unless told. */
	| {
			readonly kind: 'change'
			readonly atBytes: number
			readonly beforeBytesPerSecond?: number
			readonly bytesPerSecond: number
	  }

/** What an origin saw of one run. */
export interface Tally {
	/** All that were opened. */
	readonly connections: number
	/** The most that were open at once, those turned away included. */
	readonly connectionsPeak: number
	readonly requests: number
	/** Requests beyond the host's cap. */
	readonly turnedAway: number
	/** Body bytes that the server's sockets took. */
	readonly bytesSent: number
	/** When, after the first request, the nth answer came to be under way at once; the first entry is of the first. */
	readonly answersReachedMs: readonly number[]
}
