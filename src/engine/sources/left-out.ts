import type { DownloadError } from '../../base/errors.ts'
import { redactUrl } from '../../base/redact.ts'
import type { NoticeEvent } from '../events.ts'

/** Says that a source is of no use any more, and why; an error that names it already is not put behind its name again. */
export function noticeOfLeftOut(url: URL, { message }: DownloadError): NoticeEvent {
	const name = redactUrl(url)
	return {
		event: 'notice',
		message: message.startsWith(name) ? `${message}; it is left out` : `${name} is left out: ${message}`,
	}
}
