import { open } from 'node:fs/promises'

const pieceBytes = 4 * 1024 * 1024

/** Whether a file holds these bytes and no others; undefined where there is no file. Takes little memory, whatever the size. */
export async function holds(path: string, wanted: Buffer): Promise<boolean | undefined> {
	const file = await open(path).catch(() => undefined)
	if (file === undefined) return undefined
	try {
		if ((await file.stat()).size !== wanted.length) return false
		const piece = Buffer.allocUnsafe(Math.min(pieceBytes, wanted.length))
		for (let at = 0; at < wanted.length; ) {
			const { bytesRead } = await file.read(piece, 0, piece.length, at)
			const isRight = piece.subarray(0, bytesRead).equals(wanted.subarray(at, at + bytesRead))
			if (bytesRead === 0 || !isRight) return false
			at += bytesRead
		}
		return true
	} finally {
		await file.close()
	}
}
