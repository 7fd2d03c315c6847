// Loaded into a program on Node by `--import loop-delay.mjs?to=FILE`: at its end, how late its event loop came.
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'

/** Between two looks: it is part of every figure, so that a loop that is never late has about this. */
const resolutionMs = 5
const to = new URL(import.meta.url).searchParams.get('to')
const delay = monitorEventLoopDelay({ resolution: resolutionMs })
delay.enable()
process.on('exit', () => {
	const ms = nanoseconds => Math.round(nanoseconds / 1e4) / 100
	writeFileSync(to, JSON.stringify({ p99Ms: ms(delay.percentile(99)), mostMs: ms(delay.max) }))
})
