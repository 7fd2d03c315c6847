/** The best of three: what the work takes, without what the machine did meanwhile. */
export function millisecondsOf(work: () => unknown): number {
	return Math.min(
		...[1, 2, 3].map(() => {
			const start = performance.now()
			work()
			return performance.now() - start
		}),
	)
}
