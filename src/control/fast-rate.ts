import type { RateWindow } from '../model/rate.ts'

const fastBytesPerSecond = 200 * 1000 * 1000
/** Of which a tenth has to be known: at a high rate every CRC until then is dear. */
const windowMs = 500

/**
 * Whether bytes come so fast that checkpoints alone keep what a kill costs below 300 ms of the rate, and that a CRC of every
 * byte, or a write for every 256 KiB, costs more than it saves.
 */
export function isFast(goodput: Pick<RateWindow, 'over'>): boolean {
	return (goodput.over(windowMs) ?? 0) >= fastBytesPerSecond
}
