import type { ClimbFacts } from '../control/connections.ts'
import { concludeVerdict, type Verdict } from '../control/verdict.ts'
import type { Explanation } from './events.ts'
import type { Fetching } from './fetching.ts'
import type { Meter } from './meter.ts'
import type { Begun } from './opening/begun.ts'
import type { EngineDeps } from './spec.ts'

/** What has fetched a download, when it is over, and what was counted of it. */
export interface Measured {
	readonly deps: EngineDeps
	readonly begun: Begun
	readonly fetching: Fetching<unknown>
	readonly meter: Meter
	readonly startedCpuMs: number
}

/** What held a download, and the figures that say so. */
export function concludeFrom(
	measured: Measured,
	durationMs: number,
): { readonly verdict: Verdict; readonly explanation: Explanation } {
	const { begun, fetching, meter } = measured
	const climb = begun.single ? 'no-ranges' : (fetching.climb ?? 'fixed')
	const { bytesReceived, connectionsPeak, requests } = meter
	const explanation = explain(measured, typeof climb === 'object' ? climb : undefined)
	const limitBytesPerSecond = explanation.limitBytesPerSecond ?? undefined
	const verdict = concludeVerdict({
		...explanation,
		durationMs,
		bytesReceived,
		connectionsPeak,
		requests,
		climb,
		limitBytesPerSecond,
	})
	return { verdict, explanation }
}

function explain({ begun, fetching, meter, deps, startedCpuMs }: Measured, climb: ClimbFacts | undefined): Explanation {
	const step = climb?.lastDoubling
	const fetchedBytes = (begun.map.bytes ?? begun.map.front) - begun.resumedFrom
	return {
		goodputs: (climb?.goodputs ?? []).map(({ lanes, bytesPerSecond }) => ({ connections: lanes, bytesPerSecond })),
		lastStep: step ?? null,
		heldBy: climb?.heldBy ?? null,
		limitBytesPerSecond: deps.governor.limits.bytesPerSecond ?? null,
		heldByLimitMs: meter.heldByLimitMs,
		waitedForServerMs: meter.waitedForServerMs,
		waitedForDiskMs: meter.waitedForDiskMs,
		heldUpByOneLaneMs: meter.heldUpByOneLaneMs,
		cpuMs: deps.cpuMs() - startedCpuMs,
		refusals: meter.refusals,
		retries: meter.retries,
		reopened: meter.reopened,
		stolen: fetching.stolen,
		hedged: meter.hedged,
		bytesWasted: Math.max(0, meter.bytesReceived - fetchedBytes),
	}
}
