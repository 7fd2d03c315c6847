import { createHash } from 'node:crypto'
import { pseudoRandom } from '../support/body.ts'
import type { Version } from '../support/scripted/server.ts'
import type { FileTruth, MirrorTraits, Scenario, Validators } from './scenario.ts'

/** Longer than any file: no byte of one version is that of another but by chance. */
const slotBytes = 1024 * 1024

/** The content of all versions of all files there are, side by side. */
const content = pseudoRandom(12 * slotBytes)

/** One version as it truly is. */
export interface TrueVersion {
	readonly file: number
	/** Counts from 1. */
	readonly number: number
	readonly fromMs: number
	readonly body: Uint8Array
}

/** What the files are and were: what every answer is made from, and every result is held against. */
export class Truth {
	readonly files: readonly (readonly TrueVersion[])[]
	/** What hosts have that are no mirrors, whatever they say. Of the first file. */
	readonly elsewhere: readonly TrueVersion[]
	readonly #validators: Validators

	constructor({ files, origin }: Pick<Scenario, 'files' | 'origin'>) {
		this.files = files.map((truth, file) => versionsOf(truth, file))
		this.elsewhere = this.files[0]?.flatMap(version => [anotherInPlaceOf(version), wrongInPart(version)]) ?? []
		this.#validators = origin.validators
	}

	versionAt(file: number, atMs: number): TrueVersion {
		const [first, ...rest] = this.files[file] as readonly [TrueVersion, ...TrueVersion[]]
		return rest.findLast(({ fromMs }) => fromMs <= atMs) ?? first
	}

	last(file: number): TrueVersion {
		return this.versionAt(file, Number.POSITIVE_INFINITY)
	}

	/** What a mirror has in place of a version. */
	inPlaceOf(version: TrueVersion, has: MirrorTraits['has']): TrueVersion {
		if (has === 'the file') return version
		return this.elsewhere[2 * (version.number - 1) + (has === 'another file' ? 0 : 1)] as TrueVersion
	}

	/** Which version of the file some content is, whole: of the URL, or of a mirror that took over from the first byte. */
	identify(file: number, found: Uint8Array): TrueVersion | undefined {
		return [...(this.files[file] ?? []), ...(file === 0 ? this.elsewhere : [])].find(
			({ body }) => Buffer.compare(found, body) === 0,
		)
	}

	/** Which version some content is the beginning of. */
	identifyBeginning(file: number, found: Uint8Array): TrueVersion | undefined {
		return this.files[file]?.find(({ body }) => Buffer.compare(found, body.subarray(0, found.length)) === 0)
	}

	/** The version as a node of the server names it. */
	asServed({ file, number, body }: TrueVersion, node: string): Version {
		const name = `${file}.${number}${node}`
		const etag = this.#validators.startsWith('weak') ? `W/"${name}"` : `"${name}"`
		const lastModified = `Mon, 0${number} Dec 2025 0${file}:00:00 GMT`
		return {
			body,
			...(this.#validators.includes('etag') ? { etag } : {}),
			...(this.#validators.includes('date') ? { lastModified } : {}),
		}
	}
}

function versionsOf({ versions }: FileTruth, file: number): TrueVersion[] {
	return versions.map(({ fromMs, bytes }, index) => {
		const start = (file * 4 + index) * slotBytes
		return { file, number: index + 1, fromMs, body: content.subarray(start, start + bytes) }
	})
}

function anotherInPlaceOf({ number, fromMs, body }: TrueVersion): TrueVersion {
	return { file: 0, number: number + 10, fromMs, body: content.subarray(8 * slotBytes, 8 * slotBytes + body.length) }
}

function wrongInPart({ number, fromMs, body }: TrueVersion): TrueVersion {
	const wrong = Uint8Array.from(body)
	wrong.fill(0xaa, Math.floor(body.length / 2), Math.floor(body.length * 0.75))
	return { file: 0, number: number + 20, fromMs, body: wrong }
}

const digests = new WeakMap<Uint8Array, Buffer>()

export function sha256Of(body: Uint8Array): Buffer {
	const digest = digests.get(body) ?? createHash('sha256').update(body).digest()
	digests.set(body, digest)
	return digest
}
