import type { Rate } from '../../test/support/origin/pacing.ts'
import type { RateSpec } from './spec.ts'

/** What a law may look at. */
export interface Progress {
	/** Since the connection opened, or since the first request for a whole line. */
	ageMs(): number
	/** Sent by the connection, or by the line. */
	bytes(): number
	/** Sent by the origin in this run. */
	runBytes(): number
}

/** The rate that a law gives from moment to moment. */
export function rateOf(spec: RateSpec | undefined, progress: Progress): Rate {
	if (spec === undefined) return Number.POSITIVE_INFINITY
	if (typeof spec === 'number') return spec
	const { bytesPerSecond } = spec
	switch (spec.kind) {
		case 'bucket':
			return () => (progress.bytes() < spec.bucketBytes ? spec.burstBytesPerSecond : bytesPerSecond)
		case 'ramp':
			return () => Math.min(bytesPerSecond, spec.fromBytesPerSecond * 2 ** (progress.ageMs() / spec.doublesEveryMs))
		case 'change': {
			const { beforeBytesPerSecond = Number.POSITIVE_INFINITY } = spec
			return () => (progress.runBytes() < spec.atBytes ? beforeBytesPerSecond : bytesPerSecond)
		}
	}
}

/** A fraction of a rate. */
export function slowedBy(rate: Rate, factor: number): Rate {
	if (factor === 1) return rate
	return typeof rate === 'function' ? () => rate() / factor : rate / factor
}
