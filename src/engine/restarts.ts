import { DownloadError } from '../base/errors.ts'
import { redactUrl } from '../base/redact.ts'
import type { Begun } from './opening/begun.ts'
import type { Manner } from './opening/patience.ts'
import type { Restart } from './restart.ts'
import type { Turn } from './sources/succession.ts'

/** Once for a file that changed, once for ranges that are gone; what changes again keeps changing. */
const mostRestarts = 2

/** How a turn begins, and begins anew when what it had committed to is gone. */
export class Restarts {
	readonly #url: URL
	readonly #turn: Turn
	#manner: Manner
	#count = 0

	constructor(url: URL, turn: Turn, told: Manner['told']) {
		const { addresses, alone, anew } = turn
		this.#url = url
		this.#turn = turn
		this.#manner = { ranged: true, only: undefined, told, addresses, alone, anew }
	}

	/** How it begins now. */
	get manner(): Manner {
		return this.#manner
	}

	/**
	 * Notes that it has to begin anew, and what it had begun with. Throws what ends the download where it cannot: what went out on
	 * a stream cannot be taken back.
	 */
	note(restart: Restart, begun: Begun | undefined, streams: boolean): void {
		if (streams) throw cannotStartOver(this.#url, restart)
		if (this.#count >= mostRestarts) throw keepsChanging(this.#url, restart)
		const rangesGone = restart.kind === 'ranges-gone'
		this.#manner = {
			...this.#manner,
			anew: true,
			// One answer is of one version, however often the versions take turns.
			ranged: this.#manner.ranged && !rangesGone && this.#count === 0,
			// The same source: what was committed to is a version of its own.
			addresses: begun === undefined ? this.#turn.addresses : [begun.address],
			only: rangesGone ? begun?.committed : undefined,
		}
		this.#count += 1
	}
}

function cannotStartOver(url: URL, { kind, message }: Restart): DownloadError {
	return new DownloadError(
		kind === 'changed' ? 'E_CHANGED' : 'E_PROTOCOL',
		`${redactUrl(url)}: ${message}, and what was written to the stream cannot be taken back`,
		{ hint: 'Download it to a file: that can begin again.' },
	)
}

function keepsChanging(url: URL, restart: Restart): DownloadError {
	if (restart.kind === 'ranges-gone') return new DownloadError('E_PROTOCOL', `${redactUrl(url)}: ${restart.message}`)
	return new DownloadError('E_CHANGED', `${redactUrl(url)} kept changing while it was downloaded: ${restart.message}`, {
		hint: 'Try again when whoever writes it is done, or pin a version of it.',
	})
}
