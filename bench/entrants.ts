import type { Peer } from './peers/peer.ts'
import { type Contender, type ContenderName, nameOf, type Scenario } from './scenarios/scenario.ts'

/** Who takes part in a scenario, and who does not, with the reason. */
export interface Entrants {
	readonly present: readonly Entrant[]
	readonly absent: Readonly<Record<ContenderName, string>>
}

export interface Entrant extends Contender {
	readonly program: Peer
}

/** `peers` are those that are installed; `wanted` is a list of peers or contenders, undefined for all. */
export function entrantsOf(scenario: Scenario, peers: ReadonlyMap<string, Peer>, wanted?: readonly string[]): Entrants {
	const present: Entrant[] = []
	const absent: Record<ContenderName, string> = {}
	for (const contender of scenario.contenders) {
		const name = nameOf(contender)
		if (wanted !== undefined && !wanted.includes(contender.peer) && !wanted.includes(name)) continue
		const program = peers.get(contender.peer)
		if (program === undefined) absent[name] = 'not installed'
		else if (!offers(program, contender, scenario)) absent[name] = 'not offered'
		else present.push({ ...contender, program })
	}
	return { present, absent }
}

function offers(program: Peer, { connections, manner }: Contender, scenario: Scenario): boolean {
	if (manner !== undefined && program.manners?.includes(manner) !== true) return false
	if (scenario.killedAfterMs !== undefined && program.resumes !== true) return false
	const { mirrors = [], nginx } = scenario
	const urls = ['http://127.0.0.1/', ...mirrors.map(() => 'http://127.0.0.1/')]
	const command = program.command({
		urls,
		target: '/file.bin',
		connections,
		sha256: undefined,
		ca: nginx?.tls ? '/ca.pem' : undefined,
		many: nginx?.files && { urls, list: '/list', folder: '/' },
		synced: manner === 'synced',
		resumes: false,
		original: '/original.bin',
		loopDelay: undefined,
	})
	return command !== undefined
}
