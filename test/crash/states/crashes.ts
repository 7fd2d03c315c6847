import type { CrashPoint, Fate, Unsynced } from '../../support/disk/crash-point.ts'
import type { Volume } from '../../support/disk/volume.ts'
import { seeded } from '../../support/seeded.ts'

/** One way in which a power may fail. */
export interface Crash {
	/** After so many operations of the log. */
	readonly done: number
	/** The process died, and the machine lives on: all is there, and no more of it is synced than was. */
	readonly killed?: true
	/** What a person reads. */
	readonly how: string
	/** What becomes of the unsynced operation at that place among the unsynced ones. */
	readonly fateOf: (unsynced: Unsynced, place: number) => Fate
}

const sectorBytes = 512
/** Of one moment, beside those that are enumerated. */
const randomSubsets = 24

/** The crash point of the volume's log, before its first operation and after each. It is one and the same, advanced. */
export function* momentsOf(volume: Volume): Generator<CrashPoint> {
	const point = volume.crashPoint()
	yield point
	for (const operation of volume.log) {
		point.advance(operation)
		yield point
	}
}

/** All crashes at one moment that are tried. */
export function* crashesAt({ done, unsynced }: CrashPoint): Generator<Crash> {
	yield { done, killed: true, how: 'the process was killed', fateOf: () => 'kept' }
	yield { done, how: 'all that was not synced is lost', fateOf: () => 'dropped' }
	yield { done, how: 'names first', fateOf: ({ operation }) => ('folder' in operation ? 'kept' : 'dropped') }
	yield { done, how: 'data first', fateOf: ({ operation }) => ('folder' in operation ? 'dropped' : 'kept') }
	yield { done, how: 'lengths first', fateOf: ({ operation }) => (operation.kind === 'write' ? 'length' : 'kept') }
	for (let place = 0; place < unsynced.length; place++) {
		const what = `${(unsynced[place] as Unsynced).operation.kind} #${(unsynced[place] as Unsynced).index}`
		yield { done, how: `without ${what}`, fateOf: (_, at) => (at === place ? 'dropped' : 'kept') }
		yield { done, how: `only ${what}`, fateOf: (_, at) => (at === place ? 'kept' : 'dropped') }
		yield { done, how: `up to ${what}`, fateOf: (_, at) => (at <= place ? 'kept' : 'dropped') }
		yield { done, how: `from ${what} on`, fateOf: (_, at) => (at >= place ? 'kept' : 'dropped') }
	}
	yield* tornWrites(done, unsynced)
	for (let seed = 1; seed <= (unsynced.length < 2 ? 0 : randomSubsets); seed++) {
		yield { done, how: `at random, ${seed}`, fateOf: atRandom(done * 1000 + seed) }
	}
}

/** The last write of each file, torn at every sector: from its front, from its back, and with the rest lost or kept. */
function* tornWrites(done: number, unsynced: readonly Unsynced[]): Generator<Crash> {
	const last = new Map<number, number>()
	for (const [place, { operation }] of unsynced.entries())
		if (operation.kind === 'write') last.set(operation.node, place)
	for (const place of last.values()) {
		const { operation, index } = unsynced[place] as Unsynced
		if (operation.kind !== 'write') continue
		const torn = (how: string, fate: Fate, others: Fate): Crash => ({
			done,
			how: `write #${index} torn ${how}, the others ${others as string}`,
			fateOf: (_, at) => (at === place ? fate : others),
		})
		// The sectors of the disk, which are not those of the write. Short writes, as a journal's, are torn within them too.
		const step = Math.min(sectorBytes, Math.max(1, Math.floor(operation.bytes.length / 4)))
		for (let at = step - (operation.at % step); at < operation.bytes.length; at += step) {
			yield torn(`after ${at} bytes`, { first: at }, 'kept')
			yield torn(`after ${at} bytes`, { first: at }, 'dropped')
			yield torn(`up to ${at} bytes`, { allBut: at }, 'kept')
		}
	}
}

/** Each operation for itself, some writes torn. */
function atRandom(seed: number): Crash['fateOf'] {
	let random = seeded(seed)
	const share = random()
	return ({ operation }, place) => {
		if (place === 0) {
			random = seeded(seed + 1)
		}
		if (random() < share) return 'kept'
		if (operation.kind !== 'write' || random() < 0.5) return 'dropped'
		const at = Math.floor((random() * operation.bytes.length) / sectorBytes) * sectorBytes
		return random() < 0.4 ? 'length' : random() < 0.5 ? { first: at } : { allBut: at }
	}
}

/** The fates of a crash at its moment, for `CrashPoint.cut`. */
export function fatesOf(point: CrashPoint, { fateOf }: Crash): (unsynced: Unsynced) => Fate {
	const places = new Map(point.unsynced.map((unsynced, place) => [unsynced.index, place]))
	return unsynced => fateOf(unsynced, places.get(unsynced.index) as number)
}
