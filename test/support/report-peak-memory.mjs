// Loaded into a process under test with `--import`: says at its end how much memory it had at most.
import { writeFileSync } from 'node:fs'
import process from 'node:process'

process.on('exit', () => {
	const { maxRSS } = process.resourceUsage()
	writeFileSync(process.env.PEAK_MEMORY_FILE, String(maxRSS * 1024))
})
