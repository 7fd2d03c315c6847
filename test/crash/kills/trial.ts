import type { Random } from '../../../src/base/random.ts'
import { pseudoRandom, sha256 } from '../../support/body.ts'
import { chooseStrike, type Strike } from './strike.ts'

/** Up to this size a file has no journal, and is fetched anew. */
const journalFromBytes = 4 * 1024 * 1024

const smallestBytes = 200_000
const largestBytes = 12_000_000

const ifExists = ['rename', 'rename', 'overwrite', 'skip', 'error'] as const
type IfExists = (typeof ifExists)[number]

/** One download, and the moments at which its runs are killed. */
export interface Trial {
	readonly body: Buffer
	readonly journaled: boolean
	/** Of each response. */
	readonly bytesPerSecond: number
	readonly tls: boolean
	readonly ifExists: IfExists
	/** Of the command, beside where from and where to. */
	readonly options: readonly string[]
	/** What has the name when it begins. */
	readonly earlier: Buffer | undefined
	readonly strikes: readonly Strike[]
}

/** Everything about it is decided by `random`; what the machine makes of the moments is not. */
export function chooseTrial(random: Random): Trial {
	const bytes = chooseBytes(random)
	const connections = 1 + Math.floor(random() * 8)
	// One of ten is slow enough for checkpoints, which come every two seconds.
	const seconds = random() < 0.1 ? 2.5 + 2 * random() : 0.2 + random()
	const kills = 2 + Math.floor(random() * 9)
	const from = Math.floor(random() * largestBytes)
	const body = pseudoRandom(2 * largestBytes).subarray(from, from + bytes)
	const action = ifExists[Math.floor(random() * ifExists.length)] ?? 'rename'
	return {
		body,
		journaled: bytes > journalFromBytes,
		bytesPerSecond: Math.round(bytes / connections / seconds),
		tls: random() < 0.3,
		ifExists: action,
		options: chooseOptions(random, connections, action, body),
		earlier: action === 'overwrite' ? pseudoRandom(1000, 2) : undefined,
		strikes: Array.from({ length: kills }, () => chooseStrike(random, bytes / (kills + 1))),
	}
}

function chooseOptions(random: Random, connections: number, action: IfExists, body: Buffer): string[] {
	const options = ['-x', String(connections), '--if-exists', action]
	if (random() < 0.3) options.push('--checksum', `sha-256=${sha256(body)}`)
	if (random() < 0.2) options.push('--sync')
	return options
}

function chooseBytes(random: Random): number {
	const [from, to] = random() < 0.2 ? [smallestBytes, journalFromBytes] : [journalFromBytes + 1, largestBytes]
	return Math.round(from + random() * (to - from))
}
