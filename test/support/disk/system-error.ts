/** An error as Node gives it for a failed system call. Without a stack, as Node's own: it is an answer, and asked for often. */
export function systemError(code: string, syscall: string, path?: string): NodeJS.ErrnoException {
	const { stackTraceLimit } = Error
	Error.stackTraceLimit = 0
	const where = path === undefined ? '' : ` '${path}'`
	const error = new Error(`${code}: simulated, ${syscall}${where}`)
	Error.stackTraceLimit = stackTraceLimit
	return Object.assign(error, { code, syscall, path })
}
