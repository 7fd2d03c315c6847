/** What a host has shown of how many connections it allows. */
export interface HostBudget {
	/** No more than this many are opened; `Infinity` until it refused one. */
	readonly cap: number
	/** From then on one connection more may be tried. */
	readonly tryMoreAtMs: number
	/** The wait before the next try; doubles with each refusal. */
	readonly holdMs: number
}

const firstHoldMs = 3_000
const longestHoldMs = 60_000

export const unknownBudget: HostBudget = { cap: Number.POSITIVE_INFINITY, tryMoreAtMs: 0, holdMs: firstHoldMs }

/**
 * A connection beyond `working` ones that receive was refused: by 503, 429, 403, a reset or silence. The host is held to
 * what works, at least one, and asked for one more only after a wait that doubles (RFC 9112 §9.4: be conservative).
 */
export function afterRefusal(
	budget: HostBudget,
	refusal: { readonly working: number; readonly nowMs: number; readonly retryAfterMs: number },
): HostBudget {
	const { nowMs, retryAfterMs } = refusal
	const cap = Math.min(budget.cap, Math.max(1, refusal.working))
	// Several that were asked for at once are refused at once: that is one refusal.
	if (nowMs < budget.tryMoreAtMs) {
		return { ...budget, cap, tryMoreAtMs: Math.max(budget.tryMoreAtMs, nowMs + retryAfterMs) }
	}
	return {
		cap,
		tryMoreAtMs: nowMs + Math.max(budget.holdMs, retryAfterMs),
		holdMs: Math.min(budget.holdMs * 2, longestHoldMs),
	}
}

/** How many connections the host may have now. */
export function allowedNow(budget: HostBudget, nowMs: number): number {
	return nowMs >= budget.tryMoreAtMs ? budget.cap + 1 : budget.cap
}

/** One connection more than the cap was tried and it received: the host allows it. */
export function afterSuccess(budget: HostBudget, working: number, nowMs: number): HostBudget {
	if (working <= budget.cap) return budget
	return { ...budget, cap: working, tryMoreAtMs: Math.max(budget.tryMoreAtMs, nowMs + budget.holdMs) }
}
