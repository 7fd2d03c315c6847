import { redactAddress } from '../base/redact.ts'
import { usageError } from './usage-error.ts'

/** A file that a flag names and that cannot be read. The system repeats the path, which may be an address: its words end before. */
export function unreadable(flag: string, name: string, { message }: Error): Error {
	const why = message.replace(/, \w+ '.*$/s, '')
	return usageError(`\`${flag}\` ${redactAddress(name)} cannot be read: ${why}`)
}
