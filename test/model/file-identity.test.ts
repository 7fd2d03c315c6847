import { expect, test } from 'vitest'
import { type FileIdentity, isSameFile } from '../../src/model/file-identity.ts'

const file: FileIdentity = { device: '64768', inode: '12', birthNs: '1732262400123456789' }
const withoutBirth: FileIdentity = { ...file, birthNs: '0' }

test.each<[string, FileIdentity, FileIdentity, boolean]>([
	['is itself', file, { ...file }, true],
	['is the same after its file system was mounted anew under another number', file, { ...file, device: '7' }, true],
	['is not one that got its inode after it', file, { ...file, birthNs: '1732262400123456790' }, false],
	['is not another one of the same birth', file, { ...file, inode: '13' }, false],
	['without a birth time is itself', withoutBirth, { ...withoutBirth }, true],
	[
		'without a birth time is not one of the same inode elsewhere',
		withoutBirth,
		{ ...withoutBirth, device: '7' },
		false,
	],
	['without a birth time is not another one', withoutBirth, { ...withoutBirth, inode: '13' }, false],
	['with a birth time is not one without', file, withoutBirth, false],
])('a file %s', (_, a, b, same) => {
	expect(isSameFile(a, b)).toBe(same)
	expect(isSameFile(b, a)).toBe(same)
})
