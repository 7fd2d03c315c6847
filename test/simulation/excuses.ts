import type { ErrorCode } from '../../src/base/errors.ts'
import type { Scenario, Wish } from './scenario.ts'
import type { SpoilName } from './spoils.ts'

/** What a failure is held against. */
export interface Circumstances {
	readonly scenario: Scenario
	/** Which of the scenario's files was not brought. */
	readonly file: number
	/** What was asked for in this life. */
	readonly wish: Wish
	/** Whether something has the name that the file was to have. */
	readonly nameTaken: boolean
}

/** Whether a right program may fail so: where nothing of the kind goes wrong, there is nothing to fail for. */
export function isExcused(code: ErrorCode, circumstances: Circumstances): boolean {
	return excuses[code](circumstances)
}

/** Whether answers lie about other things than bytes, if at all. */
export function bytesAreTrue({ spoils, mirrors = [] }: Pick<Scenario, 'spoils' | 'mirrors'>): boolean {
	const wrongMirror = mirrors.some(({ has }) => has === 'the file but for a part')
	return !wrongMirror && !hasSpoil(spoils, ['page for part', 'runs on', 'flipped', 'coded', 'login page'])
}

/** A FIN is the end of a body that a close delimits, wherever it comes. */
export function mayEndEarly({ origin, spoils }: Pick<Scenario, 'origin' | 'spoils'>): boolean {
	return origin.framing === 'close' && hasSpoil(spoils, ['cut'])
}

type Excuse = (circumstances: Circumstances) => boolean

const never: Excuse = () => false

/** The server, or the network before it, is at fault in any way: what a client makes of it is not told apart here. */
const wayIsBad: Excuse = circumstances => {
	const { origin, spoils, network, goneFromMs } = circumstances.scenario
	const traits = [origin.cap, origin.links, origin.nodes, goneFromMs]
	return (
		spoils.length + network.outages.length > 0 ||
		traits.some(trait => trait !== undefined) ||
		hasVersions(circumstances)
	)
}

const hasVersions: Excuse = ({ scenario, file }) => (scenario.files[file]?.versions.length ?? 0) > 1

const isMirroredBadly: Excuse = ({ scenario: { mirrors = [] } }) => mirrors.some(({ has }) => has !== 'the file')

/** It was another version, or looked like one: by its name or by its length. */
const mayLookChanged: Excuse = circumstances => {
	const { origin, spoils } = circumstances.scenario
	return (
		hasVersions(circumstances) ||
		isMirroredBadly(circumstances) ||
		origin.nodes?.etags === 'apart' ||
		hasSpoil(spoils, ['other total', 'weak for strong', 'login page', 'coded', 'length too long', 'runs on'])
	)
}

/** Bytes were not those of the digest, or the digest not that of the bytes. */
const mayMismatch: Excuse = circumstances => {
	const { scenario } = circumstances
	const wrong = scenario.origin.digests === 'wrong' || !bytesAreTrue(scenario) || mayEndEarly(scenario)
	// A length that is a lie is not that of the pieces.
	const lengthLies = circumstances.wish.pieceBytes !== undefined && hasSpoil(scenario.spoils, ['other total'])
	return wrong || lengthLies || hasVersions(circumstances) || isMirroredBadly(circumstances)
}

/**
 * A pause gives up the connections, and what a stream has had cannot be taken back: where nothing proves that a second
 * answer belongs to the first, or no length that the first was the file, it is over.
 */
const pausedStream: Excuse = ({ scenario: { origin, lives }, wish }) => {
	const unproven = origin.validators === 'none' || origin.validators === 'weak etag'
	const digestKnown = origin.digests !== 'none' || wish.checksumOf !== undefined
	const paused = lives.some(({ commands }) => commands.some(({ command }) => command === 'pause'))
	const final = !origin.ranges || origin.framing !== 'length' || (unproven && !digestKnown)
	return wish.target !== 'file' && paused && final
}

const noSpaceCodes = ['ENOSPC', 'EDQUOT']

const excuses: Readonly<Record<ErrorCode, Excuse>> = {
	E_INTERNAL: never,
	E_USAGE: never,
	E_UNSAFE_NAME: never,
	E_TLS: never,
	E_REDIRECT: never,
	E_NETWORK: wayIsBad,
	E_HTTP_STATUS: wayIsBad,
	E_STALLED: wayIsBad,
	E_AUTH: wayIsBad,
	E_PROTOCOL: wayIsBad,
	E_TRUNCATED: circumstances => pausedStream(circumstances) || wayIsBad(circumstances),
	E_TIMEOUT: circumstances => circumstances.wish.maxTimeMs !== undefined || wayIsBad(circumstances),
	E_CHANGED: mayLookChanged,
	E_CHECKSUM: mayMismatch,
	E_NO_SPACE: ({ scenario: { disk } }) =>
		disk.fullAfterBytes !== undefined || disk.fails?.codes.some(code => noSpaceCodes.includes(code)) === true,
	// Where there is no room shows as E_NO_SPACE in writing alone.
	E_IO: ({ scenario: { disk } }) => disk.fails !== undefined,
	E_EXISTS: ({ wish, nameTaken }) => wish.ifExists === 'error' && nameTaken,
	E_LOCKED: ({ scenario: { lives } }) => lives.some(({ companionAfterMs }) => companionAfterMs !== undefined),
	E_TOO_LARGE: ({ wish }) => wish.maxBytes !== undefined,
	E_ABORTED: ({ scenario: { lives } }) =>
		lives.some(({ commands }) => commands.some(({ command }) => command === 'cancel')),
}

function hasSpoil(spoils: Scenario['spoils'], names: readonly SpoilName[]): boolean {
	return spoils.some(({ name }) => names.includes(name))
}
