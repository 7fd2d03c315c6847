export { type Client, createClient, type ProbeOptions, type ProbeResult } from './api/client.ts'
export { download, probe } from './api/download.ts'
export type { DownloadRun } from './api/download-run.ts'
export type { DownloadAddresses } from './api/download-url.ts'
export {
	type MetalinkFile,
	type MetalinkOrigin,
	type MetalinkUrl,
	metalinkOptions,
	parseMetalink,
} from './api/metalink.ts'
export type { ClientOptions, DownloadOptions } from './api/options.ts'
export { DownloadError, type ErrorCode, type ErrorDetails, errorCodes, isDownloadError } from './base/errors.ts'
export type { Bottleneck, Verdict } from './control/verdict.ts'
export type { DownloadEvent, DownloadResult, Explanation, Snapshot } from './engine/events.ts'
export type { ByteRange } from './model/byte-range.ts'
export type { Digest, DigestAlgorithm, DigestSource } from './model/digest.ts'
export type { PieceHashes } from './model/piece-hashes.ts'
