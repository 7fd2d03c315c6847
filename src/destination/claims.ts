import { DownloadError } from '../base/errors.ts'

/** A `.part` that one download of this process works on, or looks at. */
export interface Claim {
	/** The download has seen enough, and works on it. Whoever waits to know passes it over. */
	keep(): void
	/** Idempotent. */
	release(): void
}

interface Holder {
	readonly urlDigest: string
	/** Resolves when the claim was kept or released. */
	readonly decided: Promise<void>
	kept: boolean
}

/** What the downloads of one process claim against each other: one for all of them, because the files are. */
export class Claims {
	/** By path without symbolic links. */
	readonly #holders = new Map<string, Holder>()

	/**
	 * Claims `path`; undefined when another URL has it. Who merely looks at it is waited for: passed over, it could be what the
	 * caller has come for. Throws E_LOCKED for the same URL.
	 */
	async claim(path: string, urlDigest: string): Promise<Claim | undefined> {
		for (;;) {
			const holder = this.#holders.get(path)
			if (holder === undefined) return this.#take(path, urlDigest)
			if (holder.urlDigest === urlDigest) throw lockedError(path)
			if (holder.kept) return undefined
			await holder.decided
		}
	}

	#take(path: string, urlDigest: string): Claim {
		let decide = (): void => {}
		const decided = new Promise<void>(resolve => {
			decide = resolve
		})
		const holder: Holder = { urlDigest, decided, kept: false }
		this.#holders.set(path, holder)
		return {
			keep: () => {
				holder.kept = true
				decide()
			},
			release: () => {
				if (this.#holders.get(path) === holder) this.#holders.delete(path)
				decide()
			},
		}
	}
}

export function lockedError(part: string): DownloadError {
	return new DownloadError('E_LOCKED', `Another download of this URL is at work on ${part}`, {
		details: { path: part },
		hint: 'Wait for it, or choose another name with --output.',
	})
}
