// `node hash.mjs FILE`: the SHA-256 of a file, by one thread, from memory that is used again.
import { createHash } from 'node:crypto'
import { openSync, readSync } from 'node:fs'
import process from 'node:process'

const memory = Buffer.allocUnsafeSlow(1024 * 1024)
const file = openSync(process.argv[2] ?? '')
const hash = createHash('sha256')
for (let count = readSync(file, memory); count > 0; count = readSync(file, memory))
	hash.update(memory.subarray(0, count))
process.stdout.write(`${hash.digest('hex')}\n`)
