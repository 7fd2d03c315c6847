/** The content of many files is one content, cut; so what a client made of it can be held against the one. */
export function piecesOf(content: Buffer, lengths: readonly number[]): Buffer[] {
	let at = 0
	return lengths.map(length => {
		at += length
		return content.subarray(at - length, at)
	})
}

export const nameOfFile = (index: number): string => `${index}.bin`
