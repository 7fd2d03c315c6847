import type { MetalinkFile } from '../metalink/described-file.ts'
import type { DownloadOptions } from './options.ts'

export type { MetalinkFile, MetalinkUrl } from '../metalink/described-file.ts'
export { longestMetalinkBytes, type MetalinkOrigin, parseMetalink } from '../metalink/metalink.ts'

/**
 * The options that make a download of a described file be that file: its length, its strongest digest and its pieces.
 *
 * @example for (const file of parseMetalink(text, { name: path, from: 'file' }))
 *   await download(file.urls[0].url, { ...metalinkOptions(file), to: `data/${file.name}` })
 */
export function metalinkOptions(file: MetalinkFile): Pick<DownloadOptions, 'checksum' | 'bytes' | 'pieces'> {
	const { bytes, pieces } = file
	const [checksum] = file.digests
	return {
		...(checksum === undefined ? {} : { checksum }),
		...(bytes === undefined ? {} : { bytes }),
		...(pieces === undefined ? {} : { pieces }),
	}
}
