// `node easydl.mjs URL TARGET CONNECTIONS`
import process from 'node:process'
import EasyDl from 'easydl'

const [, , url, target, connections] = process.argv
const isDone = await new EasyDl(url, target, { connections: Number(connections) }).wait()
process.exit(isDone ? 0 : 1)
