import { type Digest, type DigestValue, sameDigest, strongestOf } from '../../model/digest.ts'
import type { DownloadSpec } from '../spec.ts'

/** All that the caller gave, the strongest digest that the server sent, and the one under which bytes of several sources count. */
export function digestsToCheck(
	{ checksum }: Pick<DownloadSpec, 'checksum'>,
	sent: readonly Digest[],
	sharedUnder?: DigestValue,
): readonly Digest[] {
	const known = checksum === undefined ? sent : [checksum, ...sent]
	const checked = strongestOf(known)
	const shared = known.find(digest => sharedUnder !== undefined && sameDigest(digest, sharedUnder))
	return shared === undefined || checked.includes(shared) ? checked : [...checked, shared]
}
