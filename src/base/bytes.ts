const binary: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }
const decimal: Readonly<Record<string, number>> = { K: 1000, M: 1000 ** 2, G: 1000 ** 3, T: 1000 ** 4 }

/**
 * Reads a size as the command line writes it: a number with K, M, G, T (powers of 1024), KB, MB … (powers of 1000), or
 * neither. Undefined where it is none.
 *
 * @example parseBytes('1.5M') // 1572864
 */
export function parseBytes(text: string): number | undefined {
	const match = /^(\d+(?:\.\d+)?)\s*(?:([KMGT])(B|iB)?|B)?$/i.exec(text.trim())
	if (match === null) return undefined
	const [, digits = '', letter, suffix] = match
	const units = suffix?.toUpperCase() === 'B' ? decimal : binary
	const bytes = Math.round(Number(digits) * (letter === undefined ? 1 : (units[letter.toUpperCase()] ?? Number.NaN)))
	return Number.isSafeInteger(bytes) ? bytes : undefined
}

/**
 * A size for a person, in powers of 1024 and at most three digits.
 *
 * @example formatBytes(1572864) // '1.5 MiB'
 */
export function formatBytes(bytes: number): string {
	const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
	let value = bytes
	let unit = 0
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1024
		unit += 1
	}
	// From 99.95 on, one decimal would round up to a fourth digit.
	return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}
