/** What a host has shown of how many connections it allows. */
export interface HostBudget {
	/** No more than this many are opened; `Infinity` until it refused one. */
	readonly cap: number
	/** From then on more may be tried. */
	readonly tryMoreAtMs: number
	/** So many more: one, and twice as many after each try that was served. */
	readonly step: number
	/** The wait before the next try; doubles with each refusal. */
	readonly holdMs: number
}

const firstHoldMs = 3_000
const longestHoldMs = 60_000

export const unknownBudget: HostBudget = {
	cap: Number.POSITIVE_INFINITY,
	tryMoreAtMs: 0,
	step: 1,
	holdMs: firstHoldMs,
}

/** A host that was found to allow so many in an earlier run: no more are asked for before the first wait is over. */
export function rememberedBudget(cap: number, nowMs: number): HostBudget {
	return { ...unknownBudget, cap, tryMoreAtMs: nowMs + firstHoldMs }
}

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
		return { ...budget, cap, step: 1, tryMoreAtMs: Math.max(budget.tryMoreAtMs, nowMs + retryAfterMs) }
	}
	return {
		cap,
		tryMoreAtMs: nowMs + Math.max(budget.holdMs, retryAfterMs),
		step: 1,
		holdMs: Math.min(budget.holdMs * 2, longestHoldMs),
	}
}

/** How many connections the host may have now. */
export function allowedNow(budget: HostBudget, nowMs: number): number {
	return nowMs >= budget.tryMoreAtMs ? budget.cap + budget.step : budget.cap
}

/**
 * More connections than the cap receive: the host allows them. Where that was a try, and all of it is served, the refusals
 * before were a passing thing: the next try is soon, and of twice as many. Before any try, they were under way when a
 * sibling was refused, and say nothing about more.
 */
export function afterSuccess(budget: HostBudget, working: number, nowMs: number): HostBudget {
	if (working <= budget.cap) return budget
	if (nowMs < budget.tryMoreAtMs) return { ...budget, cap: working }
	if (working < budget.cap + budget.step) return budget
	return { cap: working, tryMoreAtMs: nowMs + firstHoldMs, step: 2 * budget.step, holdMs: firstHoldMs }
}
