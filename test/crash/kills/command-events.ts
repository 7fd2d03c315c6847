/** An event of `--json`, with as much of it as these tests read. */
export interface CommandEvent {
	readonly event: string
	readonly code?: string
	readonly path?: string
	readonly resumedFrom?: number
}

/** The events that a run wrote whole; a kill may have torn the last line. */
export function eventsOf(stdout: string): CommandEvent[] {
	const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1)
	return whole
		.split('\n')
		.filter(line => line !== '')
		.map(line => JSON.parse(line) as CommandEvent)
}
