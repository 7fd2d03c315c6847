import process from 'node:process'
import { createSystemDisk } from '../../src/disk/system.ts'
import { createFileJournal } from '../../src/journal/file.ts'

const journal = createFileJournal(createSystemDisk(), process.argv[2] as string)
await journal.begin({
	url: 'https://example.org/a',
	urlDigest: 'a1',
	bytes: 1_000_000,
	identity: { etag: '"1"', lastModified: undefined, date: undefined },
	file: { device: '1', inode: '2', birthNs: '3' },
	nonce: 'one',
})
for (let at = 0; at < 1_000; at++) journal.append({ kind: 'written', range: { start: at, end: at + 1 }, crc32: at })
const codeOf = (error: { code: string }): string => error.code
const codes = [await journal.sync().catch(codeOf)]
journal.append({ kind: 'durable', range: { start: 0, end: 1 } })
codes.push(await journal.sync().catch(codeOf))
await journal.close()
console.log(JSON.stringify(codes))
