/** What may still come of what a limit allows: a token bucket, as a value. */
export interface RateBucket {
	readonly bytesPerSecond: number
	/** What may come at once. Below 0 while bytes that came unasked are paid back. */
	readonly bytes: number
	/** What nobody could take while it was due, because a timer or the line was late: it is handed out little by little. */
	readonly late: number
	readonly atMs: number
}

/** Who waits is given something so often: a stream of small portions, and not a burst each second. */
export const portionEveryMs = 25
/** Saved up at the most, which is how long a burst can be. */
const burstMs = 100
/** Made up for at the most: with the burst, four hundredths of ten seconds. On a busy machine a timer is late by as much. */
const lateMs = 300
/** By so much faster than the limit is what was late made up for. */
const lateShare = 0.25
/** Owed at the most: a limit that is set while a lot is under way does not silence the line for minutes. */
const owedMs = 1000

/** A limit that begins. */
export function startBucket(bytesPerSecond: number, nowMs: number): RateBucket {
	return { bytesPerSecond, bytes: portionOf(bytesPerSecond), late: 0, atMs: nowMs }
}

/** Another limit, for what comes from now on. What is owed is owed still. */
export function changeRate(bucket: RateBucket, bytesPerSecond: number, nowMs: number): RateBucket {
	return refill({ ...refill(bucket, nowMs), bytesPerSecond }, nowMs)
}

/** The bucket at a later moment. */
export function refill(bucket: RateBucket, nowMs: number): RateBucket {
	const { bytesPerSecond } = bucket
	const due = bytesFor(nowMs - bucket.atMs, bytesPerSecond)
	const madeUp = Math.min(bucket.late, lateShare * due)
	// Below ten bytes a second too, a whole byte can be saved up.
	const most = Math.max(1, bytesFor(burstMs, bytesPerSecond))
	const all = bucket.bytes + due + madeUp
	const bytes = Math.min(all, most)
	const late = Math.min(bucket.late - madeUp + all - bytes, bytesFor(lateMs, bytesPerSecond))
	return { bytesPerSecond, bytes, late, atMs: nowMs }
}

/** Less by what was given, or by what came without having been given. */
export function spend(bucket: RateBucket, bytes: number): RateBucket {
	const most = Math.max(0, bucket.bytes + bytesFor(owedMs, bucket.bytesPerSecond))
	return { ...bucket, bytes: bucket.bytes - Math.min(bytes, most) }
}

/** More by what was given and never came. */
export function putBack(bucket: RateBucket, bytes: number): RateBucket {
	return { ...bucket, bytes: bucket.bytes + bytes }
}

/**
 * What one of `lanes` may have at once where nobody waits: its part of a portion. 0 where there is less than that: many
 * small gifts are many small reads.
 */
export function giftFor({ bytesPerSecond, bytes }: RateBucket, lanes: number): number {
	const gift = Math.max(1, Math.floor(portionOf(bytesPerSecond) / lanes))
	return bytes >= gift ? gift : 0
}

/**
 * Shares what there is between lanes that wait, in whole bytes and in their order: every download gets the same, and in a
 * download every lane. Where there is less than a byte for each, the first of them get one.
 *
 * @param downloads for each lane that waits, the download that it works for
 */
export function shareOut({ bytes }: RateBucket, downloads: readonly unknown[]): readonly number[] {
	const lanesOf = new Map<unknown, number>()
	for (const download of downloads) lanesOf.set(download, (lanesOf.get(download) ?? 0) + 1)
	let left = Math.max(0, Math.floor(bytes))
	return downloads.map(download => {
		const equal = Math.floor(bytes / lanesOf.size / (lanesOf.get(download) as number))
		const share = Math.min(left, Math.max(1, equal))
		left -= share
		return share
	})
}

const portionOf = (bytesPerSecond: number): number => bytesFor(portionEveryMs, bytesPerSecond)

const bytesFor = (ms: number, bytesPerSecond: number): number => (bytesPerSecond * ms) / 1000
