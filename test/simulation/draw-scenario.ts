import type { Random } from '../../src/base/random.ts'
import { seeded } from '../support/seeded.ts'
import type {
	Death,
	DiskTraits,
	FileTruth,
	Life,
	MirrorTraits,
	NetworkTraits,
	OriginTraits,
	Scenario,
	Spoiling,
	UserCommand,
	Wish,
} from './scenario.ts'
import { type SpoilName, spoilNames } from './spoils.ts'

/**
 * What a seed stands for. Each switches on a random part of all that can go wrong, and a quarter of them next to nothing:
 * what few faults do together is found where the others are silent.
 */
export function drawScenario(seed: number): Scenario {
	const draw = new Draw(seeded(seed))
	const calm = draw.chance(0.25)
	const files = draw.chance(0.1) ? [drawFile(draw, calm), drawFile(draw, calm)] : [drawFile(draw, calm)]
	const drawn = drawOrigin(draw, calm)
	const wish = drawWish(draw, files.length)
	const spoils = calm
		? []
		: drawSpoils(draw, wish.checksumOf !== undefined && files.length === 1 && files[0]?.versions.length === 1)
	// A total that was a lie and a 200 under the same validator contradict each other for ever: only --fresh helps then.
	const contradicts = spoils.some(({ name }) => name === 'other total') && drawn.ifRange === 'dates only'
	const drawOfMirrors = new Draw(seeded(seed + 2 ** 30))
	const mirrors = drawMirrors(drawOfMirrors)
	// Digests are what mirrors are good for.
	const known = mirrors.length > 0 && seed % 3 > 0 ? { checksumOf: 1 } : {}
	const scenario = {
		...(mirrors.length === 0 ? {} : { mirrors }),
		...drawOfMirrors.maybe(mirrors.length > 0 ? 0.25 : 0, 'goneFromMs', () => drawOfMirrors.below(3000)),
		chance: draw.below(2 ** 31),
		files,
		origin: contradicts ? { ...drawn, ifRange: 'both' as const } : drawn,
		spoils: [...spoils, ...drawLateStalls(new Draw(seeded(seed + 2 ** 29)))],
		network: drawNetwork(draw, calm),
		disk: drawDisk(draw, calm),
		wish: { ...wish, ...known },
		lives: drawLives(draw, wish),
		healedAtMs: draw.between(1500, 6000),
	}
	if (scenario.wish.checksumOf === undefined) return scenario
	return {
		...scenario,
		wish: { ...scenario.wish, ...draw.maybe(0.8, 'pieceBytes', () => draw.pick([5_000, 20_000, 90_000])) },
	}
}

class Draw {
	readonly #random: Random

	constructor(random: Random) {
		this.#random = random
	}

	chance(share: number): boolean {
		return this.#random() < share
	}

	below(limit: number): number {
		return Math.floor(this.#random() * limit)
	}

	between(least: number, most: number): number {
		return least + this.below(most - least + 1)
	}

	pick<const Values extends readonly unknown[]>(values: Values): Values[number] {
		return values[this.below(values.length)]
	}

	/** With this chance what `make` makes, under that name. */
	maybe<Name extends string, Value>(share: number, name: Name, make: () => Value): { [Key in Name]?: Value } {
		return this.chance(share) ? ({ [name]: make() } as { [Key in Name]: Value }) : {}
	}
}

function drawFile(draw: Draw, calm: boolean): FileTruth {
	const versions = [{ fromMs: 0, bytes: drawBytes(draw) }]
	const changes = calm || draw.chance(0.7) ? 0 : draw.between(1, 3)
	for (let fromMs = 0; versions.length <= changes; ) {
		fromMs += draw.between(50, 1500)
		const { bytes } = versions[0] as { bytes: number }
		versions.push({ fromMs, bytes: draw.chance(0.5) ? bytes : drawBytes(draw) })
	}
	return { versions }
}

/** Seldom so little that there is nothing to share. */
function drawBytes(draw: Draw): number {
	if (draw.chance(0.06)) return draw.below(39_000)
	return draw.chance(0.9) ? draw.between(100_000, 260_000) : draw.between(300_000, 700_000)
}

function drawOrigin(draw: Draw, calm: boolean): OriginTraits {
	return {
		validators: draw.pick(['etag', 'etag', 'etag', 'etag and date', 'date', 'weak etag', 'weak etag and date', 'none']),
		ranges: !draw.chance(0.06),
		framing: draw.chance(0.85) ? 'length' : draw.pick(['chunked', 'close']),
		digests: draw.chance(0.85) ? 'none' : calm || draw.chance(0.6) ? 'right' : 'wrong',
		bytesPerSecond: draw.pick([50_000, 100_000, 200_000, 500_000]),
		connectMs: draw.pick([1, 5, 40]),
		headAfterMs: draw.pick([1, 10, 50, 200]),
		jitterMs: draw.pick([0, 5, 100]),
		...draw.maybe(0.3, 'slowEvery', () => draw.between(3, 5)),
		...draw.maybe(calm ? 0 : 0.15, 'cap', () => ({
			connections: draw.between(1, 4),
			by: draw.pick([403, 429, 503, 'reset', 'silence']),
		})),
		...draw.maybe(calm ? 0.05 : 0.15, 'links', () => ({
			livesMs: draw.between(200, 2000),
			status: draw.pick([401, 403, 410]),
		})),
		...draw.maybe(calm ? 0 : 0.12, 'nodes', () => ({
			count: draw.between(2, 3),
			etags: draw.pick(['same', 'apart']),
			lagMs: draw.pick([0, 300, 2000]),
		})),
		ifRange: draw.chance(0.85) ? 'both' : draw.pick(['dates only', 'nothing']),
	}
}

/** Of a chance of their own, so that what else a seed stands for stays as it is. */
function drawMirrors(draw: Draw): MirrorTraits[] {
	if (draw.chance(0.8)) return []
	return Array.from({ length: draw.between(1, 3) }, () => ({
		has: draw.pick(['the file', 'the file', 'the file', 'another file', 'the file but for a part']),
		etag: draw.pick(['own', 'same']),
		bytesPerSecond: draw.pick([20_000, 100_000, 300_000]),
		upFromMs: draw.chance(0.8) ? 0 : draw.below(3000),
		upToMs: draw.chance(0.6) ? 10_000_000 : draw.below(3000),
	}))
}

function drawSpoils(draw: Draw, digestKnown: boolean): Spoiling[] {
	const share = draw.pick([0.05, 0.1, 0.2])
	// What takes more than itself to show is switched on more often.
	const shares: Readonly<Partial<Record<SpoilName, number>>> = { flipped: 0.8, 'slows down': 0.4, 'other part': 0.15 }
	return spoilNames
		.filter(name => name !== 'stall near the end' && (name !== 'flipped' || digestKnown))
		.filter(name => draw.chance(shares[name] ?? share))
		.map(name => ({ name, share: draw.pick([0.05, 0.2, 0.5]) }))
}

/** Of a chance of their own, as mirrors are; in calm seeds too, where several lanes come to the end together. */
function drawLateStalls(draw: Draw): Spoiling[] {
	return draw.chance(0.35) ? [{ name: 'stall near the end', share: draw.pick([0.25, 0.5]) }] : []
}

function drawNetwork(draw: Draw, calm: boolean): NetworkTraits {
	const outages = Array.from({ length: calm || draw.chance(0.8) ? 0 : draw.between(1, 2) }, (_, nth) => {
		const fromMs = nth * 2500 + draw.below(2000)
		const manner = draw.pick(['silent', 'refused', 'reset'])
		return { fromMs, toMs: fromMs + draw.between(50, 2000), manner }
	})
	return {
		...draw.maybe(0.3, 'lineBytesPerSecond', () => draw.pick([150_000, 300_000, 600_000])),
		outages,
		settlesAfterMs: draw.pick([0, 0, 1, 30]),
	}
}

function drawDisk(draw: Draw, calm: boolean): DiskTraits {
	return {
		...draw.maybe(0.4, 'writeMs', () => draw.pick([0.3, 2, 20])),
		...draw.maybe(0.4, 'syncMs', () => draw.pick([1, 10, 200])),
		...draw.maybe(calm ? 0 : 0.15, 'fails', () => ({
			oneIn: draw.pick([10, 30, 100, 300]),
			codes: draw.pick([['EIO'], ['ENOSPC', 'EDQUOT'], ['EROFS', 'EACCES', 'EMFILE', 'EIO']]),
		})),
		...draw.maybe(calm ? 0 : 0.08, 'fullAfterBytes', () => draw.below(300_000)),
		...draw.maybe(0.1, 'short', () => true),
		links: !draw.chance(0.08),
		strangers: (['file', 'part', 'neighbour'] as const).filter(() => draw.chance(0.1)),
	}
}

function drawWish(draw: Draw, files: number): Wish {
	const target =
		files === 1 && draw.chance(0.08)
			? { windowBytes: draw.pick([70_000, 300_000]), ...draw.maybe(0.5, 'readerBytesPerSecond', () => 150_000) }
			: ('file' as const)
	return {
		target,
		connections: draw.chance(0.08) ? 1 : draw.pick([2, 3, 4, 4, 6, 8, 'auto']),
		...draw.maybe(0.8, 'minSplitBytes', () => draw.between(8_000, 40_000)),
		retries: draw.pick([0, 3, 8, 8]),
		ifExists: draw.pick(['rename', 'rename', 'overwrite', 'error']),
		sync: draw.chance(0.2),
		...draw.maybe(0.35, 'checksumOf', () => 1),
		...draw.maybe(0.03, 'maxTimeMs', () => draw.between(100, 3000)),
		...draw.maybe(0.02, 'maxBytes', () => 300_000),
		maxPerHost: draw.chance(0.06) ? 1 : draw.pick([3, 32, 32]),
		blocks: draw.chance(0.2) ? draw.pick([2, 6]) : 256,
		...draw.maybe(0.06, 'limitBytesPerSecond', () => draw.pick([40_000, 100_000, 300_000])),
	}
}

function drawLives(draw: Draw, { target }: Wish): Life[] {
	if (target !== 'file') return [{ afterMs: 0, commands: drawCommands(draw) }]
	return Array.from({ length: draw.pick([1, 1, 2, 3, 4]) }, () => ({
		afterMs: draw.chance(0.5) ? 0 : draw.below(1000),
		...draw.maybe(0.06, 'companionAfterMs', () => (draw.chance(0.3) ? 0 : draw.below(800))),
		...draw.maybe(0.6, 'ends', () => drawDeath(draw)),
		commands: drawCommands(draw),
	}))
}

function drawDeath(draw: Draw): Death {
	const by = draw.pick(['kill', 'kill', 'power cut'])
	if (draw.chance(0.6)) return { by, afterMs: draw.chance(0.2) ? draw.below(60) : draw.between(20, 2500) }
	const atCall = draw.pick(['create', 'link', 'link', 'rename', 'rename', 'unlink', 'sync', 'sync folder', 'truncate'])
	return { by, atCall, nth: draw.chance(0.5) ? 1 : draw.between(2, 4) }
}

/** Whoever pauses goes on at some time. */
function drawCommands(draw: Draw): UserCommand[] {
	if (draw.chance(0.75)) return []
	const commands: UserCommand[] = Array.from({ length: draw.between(1, 4) }, () => ({
		afterMs: draw.below(2000),
		command: draw.pick([
			...(['pause', 'pause', 'resume'] as const),
			{ connections: draw.pick([1, 3, 'auto']) },
			{ limitBytesPerSecond: draw.pick([50_000, 200_000, 'none']) },
		]),
	}))
	if (draw.chance(0.3)) commands.push({ afterMs: draw.below(1200), command: 'cancel' })
	return [...commands, { afterMs: 2200, command: 'resume' }]
}
