// `node ipull.mjs URL TARGET CONNECTIONS`
import process from 'node:process'
import { downloadFile } from 'ipull'

const [, , url, savePath, connections] = process.argv
const file = await downloadFile({ url, savePath, parallelStreams: Number(connections) })
await file.download()
