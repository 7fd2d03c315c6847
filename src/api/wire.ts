import { createWriteStream, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { Claims } from '../destination/claims.ts'
import type { Destination } from '../destination/contract.ts'
import { createFileDestination } from '../destination/file.ts'
import { createStreamDestination } from '../destination/stream.ts'
import { finishedMode } from '../disk/file-mode.ts'
import { openNamedPipe } from '../disk/named-pipe.ts'
import { Governor } from '../engine/governor.ts'
import type { EngineDeps } from '../engine/spec.ts'
import type { HostMemory } from '../hosts/contract.ts'
import { openHostMemory } from '../hosts/file.ts'
import { createBlockPool } from '../sink/blocks.ts'
import type { BlockPool } from '../sink/contract.ts'
import type { Transport } from '../transport/contract.ts'
import { createTransport } from '../transport/transport.ts'
import { cacheFolder } from './cache-folder.ts'
import { invalidOption, optionalNumber, wholeNumber } from './checked.ts'
import type { ClientOptions, DownloadOptions } from './options.ts'
import { processCpuMs, systemClock, systemDisk, systemNonce, systemRandom } from './system.ts'

/** What the downloads of one client share. */
export interface Shared extends Omit<EngineDeps, 'destination'> {
	readonly transport: Transport
}

/** One pool for the process: what is not in use by one download is there for another. */
let processBlocks: BlockPool | undefined

/** One for the process: its downloads find each other whichever client they are of. */
const processClaims = new Claims()

/** One for the process, so that it reads its file once. */
let processMemory: HostMemory | undefined

export function wireShared(options: ClientOptions): Shared {
	const { insecure, ca, hostMemory = true } = options
	const limits = {
		maxPerHost: wholeNumber('maxPerHost', options.maxPerHost, 1, 32),
		maxConnections: 512,
		bytesPerSecond: optionalNumber('limitRate', options.limitRate, 1),
	}
	processBlocks ??= createBlockPool()
	const governing = { clock: systemClock, blocks: processBlocks, memory: hostMemory ? wireMemory() : undefined }
	return {
		transport: createTransport({ clock: systemClock, tls: { insecure, ca } }),
		governor: new Governor({ ...governing, limits }),
		clock: systemClock,
		random: systemRandom,
		cpuMs: processCpuMs,
	}
}

/** Undefined where the environment names no place for it. */
function wireMemory(): HostMemory | undefined {
	const cache = cacheFolder()
	if (cache === undefined) return undefined
	const folder = join(cache, 'skein')
	processMemory ??= openHostMemory({
		disk: systemDisk,
		clock: systemClock,
		nonce: systemNonce,
		folders: [cache, folder],
		file: join(folder, 'hosts.jsonl'),
	})
	return processMemory
}

const ifExistsChoices = ['rename', 'overwrite', 'skip', 'error'] as const

/** Where `to` says that the file goes. Throws E_USAGE. */
export function wireDestination(options: DownloadOptions, notice: (message: string) => void): Destination {
	const { to = `.${sep}`, ifExists = 'rename', fresh = false, sync = false } = options
	if (!ifExistsChoices.includes(ifExists))
		throw invalidOption('ifExists', `one of ${ifExistsChoices.join(', ')}`, ifExists)
	if (typeof to !== 'string') {
		refuseForStreams(options)
		return createStreamDestination(to)
	}
	const path = resolve(to)
	const isFolderByName = to === '' || /[/\\]$/.test(to)
	const there = isFolderByName ? undefined : look(path)
	// A device or a pipe takes bytes; there is nothing in it to keep, to lock, or to go on with.
	if (there?.isFIFO()) return createStreamDestination(openNamedPipe(path, systemClock))
	if (there?.isCharacterDevice()) return createStreamDestination(createWriteStream(path, { flags: 'w' }))
	const isFolder = isFolderByName || there?.isDirectory() === true
	return createFileDestination({
		disk: systemDisk,
		claims: processClaims,
		nonce: systemNonce,
		directory: isFolder ? path : dirname(path),
		fixedName: isFolder ? undefined : basename(path),
		ifExists,
		fresh,
		sync,
		mode: finishedMode(),
		notice,
	})
}

/** What is at the path. What stands in the way of looking also stands in the way of writing, and is told then. */
function look(path: string): Stats | undefined {
	try {
		return statSync(path, { throwIfNoEntry: false })
	} catch {
		return undefined
	}
}

/** There is nothing in a stream to find, to keep or to go on with. */
function refuseForStreams(options: DownloadOptions): void {
	for (const name of ['ifExists', 'fresh', 'sync'] as const) {
		if (options[name] !== undefined && options[name] !== false)
			throw invalidOption(name, 'left out where the bytes go to a stream', options[name])
	}
}
