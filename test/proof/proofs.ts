import { proveKills } from '../crash/kills/prove-kills.ts'
import { proveTenKills } from '../crash/kills/prove-ten-kills.ts'
import { proveRemounts } from '../crash/remount/prove-remounts.ts'
import { proveCrashStates } from '../crash/states/prove.ts'
import { proveFieldFuzz } from '../fuzz/fields/prove.ts'
import { proveFieldTime } from '../fuzz/http/field-time.ts'
import { proveHttpFuzz } from '../fuzz/http/http-fuzz.ts'
import { proveRequestFuzz } from '../fuzz/http/request-fuzz.ts'
import { proveHostileNames } from '../hostile-names/prove.ts'
import { proveSecretsStay } from '../secrets/crossing.ts'
import { proveSignaturesStaySecret } from '../secrets/signatures.ts'
import { proveInjected } from '../torture/binary/prove-injected.ts'
import { proveDiskTorture } from '../torture/disk/prove.ts'
import { proveCutDownloads } from '../torture/network/cut-downloads.ts'
import { proveNetworkFailures } from '../torture/network/network-failures.ts'
import { proveTruncations } from '../torture/network/truncations.ts'
import type { Proof } from './contract.ts'
import { provePlantedFaults } from './planted-faults.ts'
import { proveSimulatedSeeds } from './simulated-seeds.ts'
import { proveTwentySix } from './twenty-six.ts'

/** Every proof, in the order of the report. */
export const proofs: Readonly<Record<string, Proof>> = {
	scenarios: {
		claim: 'Of the 26 scenarios at least 22 end in the right bytes, the others in a typed error',
		run: () => proveTwentySix(),
	},
	simulation: {
		claim:
			'Whatever servers, network, disk, deaths and users do: one version of the truth or a typed error, never stuck',
		run: scale => proveSimulatedSeeds({ seeds: share(100_000, scale) }),
	},
	'crash states': {
		claim: 'From every state that a power cut can leave: the right bytes, and what was done stays done',
		run: scale => proveCrashStates({ states: share(100_000, scale), seed: 1 }),
	},
	kills: {
		claim: 'SIGKILL at any moment of the real command: the right bytes in the end, never wrong ones under the name',
		run: scale => proveKills({ kills: share(2000, scale), seed: 1, atOnce: 4 }),
	},
	'ten kills': {
		claim:
			'Ten kills in 120 MB by 8 connections of 1 MB/s: each costs a connection at most 64 KiB and 300 ms of its rate',
		alone: true,
		run: () => proveTenKills({ bytes: 120_000_000, kills: 10, connections: 8, bytesPerSecond: 1_000_000, seed: 1 }),
	},
	remounts: {
		claim: 'An ext4 that is cut and mounted again within one boot: the right bytes, and no durable byte lost',
		run: scale => proveRemounts({ times: share(50, scale), seed: 1 }),
	},
	'disk torture': {
		claim:
			'Every call of the disk fails in every way, every byte of a journal is cut or flipped: right bytes or E_IO, E_NO_SPACE',
		run: scale => proveDiskTorture({ share: scale, seed: 1 }),
	},
	'injected faults': {
		claim:
			'Single system calls of the real command fail or end it (strace): right bytes or a disk error, then the file',
		alone: true,
		run: scale => proveInjected({ most: share(200, scale), seed: 1 }),
	},
	truncations: {
		claim: 'A 64 KiB answer that is cut, by FIN or RST, in each framing, plain and TLS: never taken for whole',
		run: scale => proveTruncations({ every: Math.round(1 / scale), seed: 1, threads: 2 }),
	},
	'cut downloads': {
		claim: 'A download whose first answer is cut, at each 64th byte and at the ends, ends in the right bytes',
		run: scale => proveCutDownloads({ every: Math.round(64 / scale), seed: 1 }),
	},
	'network failures': {
		claim: 'Every network call and event fails: one costs a retry, one that stays a typed error, nothing is left open',
		run: scale => proveNetworkFailures({ every: scale >= 1 ? 1 : 7, seed: 1 }),
	},
	'fuzzed answers': {
		claim:
			'Answers of any bytes, in any pieces, mean what the RFC says that they mean, and never more bytes than framed',
		run: scale => proveHttpFuzz({ runs: share(200_000, scale), seed: 1 }),
	},
	'fuzzed requests': {
		claim: 'No option can put a line of its own into a request',
		run: async scale => ({ ...proveRequestFuzz({ runs: share(100_000, scale), seed: 1 }) }),
	},
	'fuzzed fields': {
		claim: 'Fields of any bytes are read by their grammar or not at all, each of 64 KiB within 50 ms',
		alone: true,
		run: scale => proveFieldFuzz({ runs: share(300_000, scale), seed: 1, limitMs: 50 }),
	},
	'time of heads': {
		claim: 'No head takes more than 50 ms of the processor to read',
		alone: true,
		run: scale => proveFieldTime({ heads: share(5000, scale), seed: 1 }),
	},
	names: {
		claim:
			'More than 1,000 hostile names: one safe component each, nothing outside of the folder, nothing raw on a terminal',
		run: scale => proveHostileNames({ downloadOneIn: Math.round(1 / scale), printOneIn: Math.round(1 / scale) }),
	},
	secrets: {
		claim: 'Twelve kinds of credential by redirects of every shape: none crosses an origin',
		run: () => proveSecretsStay(),
	},
	signatures: {
		claim: 'A signed URL is nowhere in what is printed, thrown, told or written',
		run: () => proveSignaturesStaySecret(),
	},
	'planted faults': {
		claim: 'A fault put into combine, the order of the journal, a steal or the publishing is found',
		run: () => provePlantedFaults(),
	},
}

export function proofNamed(name: string): Proof {
	const proof = proofs[name]
	if (proof === undefined) throw new Error(`No proof is called ${name}: there are ${Object.keys(proofs).join(', ')}`)
	return proof
}

function share(full: number, scale: number): number {
	return Math.max(1, Math.round(full * scale))
}
