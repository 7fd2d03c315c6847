import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Figures } from './contract.ts'

/** The 26 scenarios and the catalogue, as `npm test` plays them. Throws where one ends otherwise than it must. */
export async function proveTwentySix(): Promise<Figures> {
	const cwd = fileURLToPath(new URL('../..', import.meta.url))
	const args = ['node_modules/vitest/vitest.mjs', 'run', 'test/hostile/', '--reporter=json']
	const { stdout, status } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 })
	const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as VitestReport
	const failed = report.testResults.flatMap(({ assertionResults }) => assertionResults.filter(isFailed))
	if (status !== 0) throw new Error(`Not as it must be: ${failed.map(({ fullName }) => fullName).join('; ')}`)
	return { tests: report.numTotalTests, passed: report.numPassedTests, skipped: report.numPendingTests }
}

interface VitestReport {
	readonly numTotalTests: number
	readonly numPassedTests: number
	readonly numPendingTests: number
	readonly testResults: readonly { readonly assertionResults: readonly Assertion[] }[]
}

interface Assertion {
	readonly status: string
	readonly fullName: string
}

const isFailed = ({ status }: Assertion): boolean => status === 'failed'
