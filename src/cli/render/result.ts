import { isAbsolute, relative, sep } from 'node:path'
import type { DownloadResult } from '../../api/client.ts'
import { formatBytes } from '../../base/bytes.ts'
import { escapeForTerminal } from '../../base/escape.ts'
import type { Digest, DigestSource } from '../../model/digest.ts'
import { formatDuration, formatSpeed } from './figures.ts'

const sources: Readonly<Record<DigestSource, string>> = {
	caller: 'as given',
	metalink: 'by Metalink',
	'repr-digest': 'from the server',
	'content-digest': 'from the server',
	digest: 'from the server',
	'content-md5': 'from the server',
	'x-goog-hash': 'from the server',
	'x-amz-checksum': 'from the server',
}

/** The one line at the end of a file: path, size, time, speed, how it was verified, and the verdict. */
export function describeResult(result: DownloadResult, folder: string): string {
	const path = displayPath(result.path, folder)
	if (result.skipped) return `${path}: was there already and was left alone`
	return `${path}: ${figuresOf(result)}; ${checksOf(result)}. ${escapeForTerminal(result.verdict.text)}`
}

/** As the reader would type it: relative inside the working folder, else absolute. */
export function displayPath(path: string | null, folder: string): string {
	if (path === null) return 'standard output'
	const fromHere = relative(folder, path)
	const inside = fromHere !== '' && fromHere !== '..' && !fromHere.startsWith(`..${sep}`) && !isAbsolute(fromHere)
	return escapeForTerminal(inside ? fromHere : path)
}

function figuresOf({ bytes, resumedFrom, durationMs }: DownloadResult): string {
	const fetched = bytes - resumedFrom
	const speed = durationMs > 0 ? `, ${formatSpeed((fetched * 1000) / durationMs)}` : ''
	const resumed = resumedFrom === 0 ? '' : ` (${formatBytes(resumedFrom)} were there)`
	return `${formatBytes(bytes)}${resumed} in ${formatDuration(durationMs)}${speed}`
}

function checksOf({ verified, lengthVerified }: DownloadResult): string {
	if (verified.length > 0) return verified.map(describeDigest).join(', ')
	return lengthVerified ? 'length checked' : 'length not verified: only a closed connection marked the end'
}

const describeDigest = ({ algorithm, source }: Digest): string => `${algorithm} verified (${sources[source]})`
