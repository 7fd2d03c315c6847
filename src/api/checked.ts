import { DownloadError } from '../base/errors.ts'
import { redactAddress } from '../base/redact.ts'

/** An option that is not what it has to be; the grammar is the same for all: name, wanted, got. */
export function invalidOption(name: string, wanted: string, got: unknown): DownloadError {
	return new DownloadError(
		'E_USAGE',
		`Expected \`${name}\` to be ${wanted}, got \`${redactAddress(String(got))}\` (${typeof got})`,
	)
}

/** `value`, or what stands in for it; throws E_USAGE where it is no whole number of `least` or more. */
export function wholeNumber(name: string, value: number | undefined, least: number, fallback: number): number {
	if (value === undefined) return fallback
	if (!Number.isSafeInteger(value) || value < least)
		throw invalidOption(name, `a whole number of ${least} or more`, value)
	return value
}

/** The same for an option that may be left out altogether. */
export function optionalNumber(name: string, value: number | undefined, least: number): number | undefined {
	return value === undefined ? undefined : wholeNumber(name, value, least, least)
}

/** Milliseconds: a number above 0, which need not be whole. */
export function duration(name: string, value: number | undefined): number | undefined {
	if (value === undefined) return undefined
	if (!Number.isFinite(value) || value <= 0) throw invalidOption(name, 'a number of milliseconds above 0', value)
	return value
}
