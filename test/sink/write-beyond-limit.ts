import { statSync } from 'node:fs'
import process from 'node:process'
import type { DownloadError } from '../../src/base/errors.ts'
import { Descriptor } from '../../src/disk/descriptor.ts'
import { createSystemDisk } from '../../src/disk/system.ts'

const path = process.argv[2] as string
const descriptor = new Descriptor(await createSystemDisk().create(path), path)
await descriptor.write(0, Buffer.alloc(60_000, 1))
const error = await descriptor.write(60_000, Buffer.alloc(60_000, 2)).then(
	() => undefined,
	(error: DownloadError) => error,
)
await descriptor.close()
console.log(JSON.stringify({ code: error?.code, system: error?.details['code'], size: statSync(path).size }))
