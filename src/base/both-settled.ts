/** Waits until both have ended, whatever becomes of either. Rejects as the first did, or else as the second. */
export async function bothSettled<A, B>(first: PromiseLike<A>, second: PromiseLike<B>): Promise<[A, B]> {
	const [a, b] = await Promise.allSettled([first, second])
	if (a.status === 'rejected') throw a.reason
	if (b.status === 'rejected') throw b.reason
	return [a.value, b.value]
}
