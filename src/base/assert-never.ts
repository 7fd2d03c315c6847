/** Makes the compiler find the case that a `switch` forgot. */
export function assertNever(value: never): never {
	throw new TypeError(`Unexpected value: ${JSON.stringify(value)}`)
}
