import { basename } from 'node:path'
import type { DownloadRun, Snapshot } from '../../api/client.ts'
import { escapeForTerminal } from '../../base/escape.ts'
import { fileNameFromUrl } from '../../model/file-name.ts'
import type { Job, JobEvent } from '../../session/session.ts'

/** What can be shown of one file that is under way. */
export interface FileView {
	/** Safe to print. */
	readonly name: string
	readonly snapshot: Snapshot
	/** Requests that failed and were asked again. */
	readonly retries: number
}

/** Follows one file for a renderer. */
export class WatchedFile {
	readonly job: Job
	readonly #run: Pick<DownloadRun, 'snapshot'>
	#path: string | undefined
	#retries = 0

	constructor(job: Job, run: Pick<DownloadRun, 'snapshot'>) {
		this.job = job
		this.#run = run
	}

	note(event: JobEvent): void {
		if (event.event === 'retry') this.#retries += 1
		if (event.event === 'probed') this.#path = event.path ?? undefined
	}

	view(): FileView {
		return { name: this.#name(), snapshot: this.#run.snapshot(), retries: this.#retries }
	}

	#name(): string {
		const { url } = this.job
		return escapeForTerminal(this.#path === undefined ? (fileNameFromUrl(url) ?? url.host) : basename(this.#path))
	}
}
