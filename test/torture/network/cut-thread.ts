import { parentPort, workerData } from 'node:worker_threads'
import { cutShare, type Share, type TruncationOptions } from './cut-share.ts'

/* A thread's part of `proveTruncations`: the client is what takes the time, so two of them need two cores. */

const { options, share } = workerData as { options: TruncationOptions; share: Share }
parentPort?.postMessage(await cutShare(options, share))
