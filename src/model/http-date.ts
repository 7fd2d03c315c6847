const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

// The three forms of RFC 9110 §5.6.7; a sender may only use the first, a recipient must read all of them.
const imfFixdate = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const rfc850 = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const asctime = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/

/**
 * Reads an HTTP-date as milliseconds since 1970. Undefined for anything else: `Date.parse` takes '-5' for a year.
 *
 * `wallMs` decides the century of a two-digit year: one that seems over 50 years ahead is in the past.
 */
export function parseHttpDate(text: string, wallMs: number = 0): number | undefined {
	const fixdate = imfFixdate.exec(text)
	if (fixdate !== null) return utc(fixdate[3], fixdate[2], fixdate[1], fixdate.slice(4, 7))
	const old = rfc850.exec(text)
	if (old !== null) return utc(String(fullYear(Number(old[3]), wallMs)), old[2], old[1], old.slice(4, 7))
	const ansi = asctime.exec(text)
	if (ansi !== null) return utc(ansi[6], ansi[1], ansi[2], ansi.slice(3, 6))
	return undefined
}

function utc(year = '', month = '', day = '', time: readonly string[] = []): number | undefined {
	const [hours = 0, minutes = 0, seconds = 0] = time.map(Number)
	const monthIndex = months.indexOf(month)
	if (monthIndex < 0 || hours > 23 || minutes > 59 || seconds > 60) return undefined
	const date = new Date(0)
	// Not by Date.UTC, which takes a year below 100 for one of the twentieth century.
	const midnight = date.setUTCFullYear(Number(year), monthIndex, Number(day))
	if (date.getUTCDate() !== Number(day)) return undefined
	// The sixtieth second is a leap second; it is counted into the next minute.
	return midnight + ((hours * 60 + minutes) * 60 + seconds) * 1000
}

function fullYear(twoDigits: number, wallMs: number): number {
	const latest = new Date(wallMs).getUTCFullYear() + 50
	return latest - ((latest - twoDigits) % 100)
}
