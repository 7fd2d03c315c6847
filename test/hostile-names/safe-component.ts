/** What keeps a name from being one safe path component; undefined where nothing does. By other means than the program's. */
export function whyUnsafe(name: string): string | undefined {
	const danger = dangers.find(([, isThere]) => isThere(name))?.[0]
	if (danger !== undefined) return danger
	// A name that is on the disk may have its number already.
	const number = /\.\d{1,3}(?=\.|$)/.test(name) ? '' : '.999'
	return Buffer.byteLength(`${name}${number}.part.journal.orphan`) > 255 ? 'leaves no room for our suffixes' : undefined
}

const dangers: readonly (readonly [danger: string, isThere: (name: string) => boolean])[] = [
	['is empty', name => name === ''],
	['is a folder', name => /^\.+$/.test(name)],
	['has a separator', name => /[/\\]/.test(name)],
	['has a control character', name => /\p{Cc}/u.test(name)],
	['has a lone surrogate', name => /\p{Surrogate}/u.test(name)],
	['has a line separator', name => /[\p{Zl}\p{Zp}]/u.test(name)],
	['changes the direction of text', name => /\p{Bidi_Control}/u.test(name)],
	['has what cannot be seen', name => /\p{Default_Ignorable_Code_Point}/u.test(name)],
	['has a character that Windows forbids', name => /[<>:"|?*]/.test(name)],
	['begins like a hidden file, an option or a home', name => /^[.~-]/.test(name)],
	['begins or ends with a blank', name => name.trim() !== name],
	['ends with a dot', name => name.endsWith('.')],
	['is a device', name => isDevice(name)],
	['is an unfinished file of ours, or its journal', name => /\.part(?:\.journal(?:\.new)?)?$/i.test(name)],
	['is spelled in more than one way', name => name.normalize('NFC') !== name],
]

const deviceNames = ['CON', 'PRN', 'AUX', 'NUL', 'CLOCK$', 'CONIN$', 'CONOUT$']
const ports = ['COM', 'LPT'].flatMap(port => [...'0123456789¹²³'].map(digit => port + digit))

/** Windows looks at what stands before the first dot, and not at blanks before that. */
function isDevice(name: string): boolean {
	const stem = (name.split('.', 1)[0] ?? '').trimEnd().toUpperCase()
	return deviceNames.includes(stem) || ports.includes(stem)
}
