import process from 'node:process'
import { simulateSeeds } from './simulate-seeds.ts'

/** Seeds that a worker is given to play; it answers with what it found. */
export interface Batch {
	readonly from: number
	readonly seeds: number
}

process.on('message', ({ from, seeds }: Batch) => {
	void simulateSeeds(from, seeds).then(findings => process.send?.(findings))
})
