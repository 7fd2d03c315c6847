import { formatBytes } from '../../base/bytes.ts'

/**
 * A time for a person: `0.4 s`, `52 s`, `3m 05s`, `1h 02m`, `2d 03h`.
 *
 * Rounded to what is shown, so that it never says `60 s`.
 */
export function formatDuration(ms: number): string {
	if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`
	const seconds = Math.round(ms / 1000)
	if (seconds < 60) return `${seconds} s`
	if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${twoDigits(seconds % 60)}s`
	const minutes = Math.floor(seconds / 60)
	if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`
	const hours = Math.floor(minutes / 60)
	return `${Math.floor(hours / 24)}d ${twoDigits(hours % 24)}h`
}

/** Time left, in whole seconds and never too early: a tenth of an estimate is noise. */
export function formatTimeLeft(ms: number): string {
	const seconds = Math.ceil(ms / 1000)
	return `${seconds < 10 ? `${seconds} s` : formatDuration(seconds * 1000)} left`
}

export const formatSpeed = (bytesPerSecond: number): string => `${formatBytes(bytesPerSecond)}/s`

/** Rounded down: 100 % is said of what is whole and of nothing else. */
export function formatPercent(bytesDone: number, bytesTotal: number): string {
	return `${bytesTotal === 0 ? 100 : Math.floor((bytesDone / bytesTotal) * 100)}%`
}

export const formatCount = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

const twoDigits = (number: number): string => String(number).padStart(2, '0')
