/** Does `work` for each item, `lanes` of them at a time, in order. The first failure ends it, once all lanes have stopped. */
export async function inLanes<Item>(
	lanes: number,
	items: readonly Item[],
	work: (item: Item) => Promise<void>,
): Promise<void> {
	let next = 0
	let failed = false
	const lane = async (): Promise<void> => {
		while (next < items.length && !failed) {
			const item = items[next++] as Item
			try {
				await work(item)
			} catch (error) {
				failed = true
				throw error
			}
		}
	}
	const ends = await Promise.allSettled(Array.from({ length: lanes }, lane))
	for (const end of ends) if (end.status === 'rejected') throw end.reason
}
