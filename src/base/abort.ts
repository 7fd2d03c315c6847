/**
 * A one-way signal from a caller to the work it started.
 *
 * It stands in for `AbortSignal` below the API: one listener on the caller's signal serves a whole run,
 * because `AbortSignal.any` on a long-lived parent leaks and the eleventh listener prints a warning.
 */
export interface Cancel {
	readonly cancelled: boolean
	/** Why; defined once `cancelled` is true. The first reason wins. */
	readonly reason: unknown
	/** Calls `listener` once when cancelled, at once if that has happened. Returns how to stop listening. */
	onCancel(listener: (reason: unknown) => void): () => void
}

/** The side that may fire. A child fires with its parent; a parent never with its child. */
export class CancelSource implements Cancel {
	#reason: unknown
	#cancelled = false
	/** An object for each call of `onCancel`, so that one function may listen twice and leave once. */
	readonly #listeners = new Set<{ readonly call: (reason: unknown) => void }>()
	#leaveParent: (() => void) | undefined

	constructor(parent?: Cancel) {
		this.#leaveParent = parent?.onCancel(reason => this.cancel(reason))
	}

	get cancelled(): boolean {
		return this.#cancelled
	}

	get reason(): unknown {
		return this.#reason
	}

	cancel(reason: unknown): void {
		if (this.#cancelled) return
		this.#cancelled = true
		this.#reason = reason
		this.detach()
		// Over the set itself: a listener that another one takes off in passing is not called any more.
		for (const listener of this.#listeners) {
			this.#listeners.delete(listener)
			listener.call(reason)
		}
	}

	onCancel(listener: (reason: unknown) => void): () => void {
		if (this.#cancelled) {
			listener(this.#reason)
			return () => {}
		}
		const entry = { call: listener }
		this.#listeners.add(entry)
		return () => this.#listeners.delete(entry)
	}

	/** Stops following the parent; to be called when the work is over, so that a long-lived parent holds nothing. */
	detach(): void {
		this.#leaveParent?.()
		this.#leaveParent = undefined
	}
}

/** A `Cancel` that never fires. */
export const neverCancelled: Cancel = { cancelled: false, reason: undefined, onCancel: () => () => {} }

/** Throws the reason if `cancel` has fired. */
export function throwIfCancelled(cancel: Cancel): void {
	if (cancel.cancelled) throw cancel.reason
}

/** What `work` settles with, or the reason of `cancel` where that comes first: for waiting on what cannot be stopped. */
export function orCancelled<T>(work: Promise<T>, cancel: Cancel): Promise<T> {
	return new Promise((resolve, reject) => {
		const stopListening = cancel.onCancel(reject)
		void work.then(resolve, reject).finally(stopListening)
	})
}

/** A signal that is followed, by one listener for all. */
interface Followed {
	readonly source: CancelSource
	readonly stop: () => void
	users: number
}

const followed = new WeakMap<AbortSignal, Followed>()

/** Follows an `AbortSignal`; however many follow the same one, it has one listener. `release` is to be called at the end. */
export function cancelFromSignal(signal: AbortSignal | undefined): { cancel: CancelSource; release(): void } {
	const cancel = new CancelSource()
	if (signal?.aborted === true) cancel.cancel(signal.reason)
	if (signal === undefined || signal.aborted) return { cancel, release: () => {} }
	const shared = followed.get(signal) ?? follow(signal)
	shared.users += 1
	const leave = shared.source.onCancel(reason => cancel.cancel(reason))
	let released = false
	const release = (): void => {
		if (released) return
		released = true
		leave()
		shared.users -= 1
		if (shared.users === 0) shared.stop()
	}
	return { cancel, release }
}

function follow(signal: AbortSignal): Followed {
	const source = new CancelSource()
	const abort = (): void => source.cancel(signal.reason)
	signal.addEventListener('abort', abort, { once: true })
	const stop = (): void => {
		signal.removeEventListener('abort', abort)
		followed.delete(signal)
	}
	const one = { source, stop, users: 0 }
	followed.set(signal, one)
	return one
}
