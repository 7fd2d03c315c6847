import { DownloadError } from '../base/errors.ts'

/** The command line is wrong: exit code 2, and nothing was done. */
export function usageError(message: string, hint: string = 'See `skein --help`.'): DownloadError {
	return new DownloadError('E_USAGE', message, { hint })
}
