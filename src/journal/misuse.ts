import { DownloadError } from '../base/errors.ts'
import type { JournalHeader, JournalRecord } from './contract.ts'

/** Reading stops at a record that names bytes which the file has not, and would lose those after it: none is let in. */
export function requireWithin(record: JournalRecord, header: JournalHeader | undefined): void {
	const { start, end } = record.range
	if (header !== undefined && start >= 0 && end <= header.bytes) return
	throw new TypeError(`A record of [${start}, ${end}) does not fit into a journal of ${header?.bytes ?? 'no'} bytes`)
}

export function requireBegun(header: JournalHeader | undefined): JournalHeader {
	if (header !== undefined) return header
	throw new TypeError('A journal that was not begun cannot be shared')
}

export function closedJournal(what: 'begin' | 'sync'): DownloadError {
	return new DownloadError('E_INTERNAL', `Cannot ${what} a journal that is closed`)
}
