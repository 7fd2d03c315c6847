/** Command lines that are wrong, and have a signed address where it was not wanted. `list` is a path for an input file. */
export interface Mistyped {
	readonly args: readonly string[]
	/** What the input file holds. */
	readonly list?: string
}

export function mistyped(url: string, list: string): readonly Mistyped[] {
	const withoutScheme = url.replace('http://', '')
	return [
		...[url.replace('http:', 'ftp:'), withoutScheme, url.replace(/:\d+\//, ':99999/'), `"${url}"`].map(wrong => ({
			args: [wrong],
		})),
		...[
			'--retries',
			'--limit-rate',
			'--connections',
			'--jobs',
			'--max-size',
			'--if-exists',
			'--connect-timeout',
		].flatMap(flag => [{ args: [flag, url] }, { args: [`${flag}=${url}`, url] }]),
		...['--checksum', '--cacert', '--input-file'].map(flag => ({ args: [flag, url, url] })),
		...['--user', '--header', '--referer', '--user-agent'].map(flag => ({ args: [flag, `${url}\n`, url] })),
		...['--outptu', '--hedaer', '-Z'].map(flag => ({ args: [`${flag}=${url}`] })),
		{ args: [url, url, '-o', 'one-name'] },
		{ args: [url, url, '--mirror', url] },
		{ args: [url, '--mirror', withoutScheme] },
		{ args: [url, '--json', '-o', '-'] },
		{ args: [url, '-o', '../climbs'] },
		{ args: ['probe', url, url] },
		{ args: ['probe', url.replace('http:', 'file:')] },
		{ args: ['verify', 'file.bin', url] },
		{ args: ['verify', 'file.bin', '--checksum', url] },
		{ args: ['demo', url] },
		...[
			url.replace('http:', 'gopher:'),
			`${url}\t${withoutScheme}`,
			`  ${url}`,
			`${url}\n  ${url}`,
			`${url}\n  out`,
			`${url}\n  checksum=${url}`,
			`${url}\n  header=${url}`,
			`${withoutScheme} ${url}`,
		].map(content => ({ args: ['-i', list], list: content })),
	]
}
