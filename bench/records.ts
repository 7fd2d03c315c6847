import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { arch, cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Baseline } from './guard.ts'
import type { Findings } from './report.ts'

export interface Machine {
	readonly date: string
	readonly cores: number
	/** What the processor calls itself. */
	readonly processor?: string
	readonly kernel: string
	readonly arch: string
	readonly memoryGb: number
	readonly node: string
	/** Of the peers that took part. */
	readonly versions: Readonly<Record<string, string>>
}

/**
 * Opens the folder where figures are kept; of a scenario that is run twice the later ones stay.
 *
 * Undefined: `bench/runs/`, by day and machine.
 */
export async function openRecords(versions: Machine['versions'], out: string | undefined): Promise<string> {
	const [processor] = cpus()
	const machine: Machine = {
		date: new Date().toISOString().slice(0, 10),
		cores: cpus().length,
		...(processor === undefined ? {} : { processor: processor.model }),
		kernel: `${type()} ${release()}`,
		arch: arch(),
		memoryGb: Math.round(totalmem() / 1e9),
		node: process.versions.node,
		versions,
	}
	const own = new URL(`./runs/${machine.date}-${machine.cores}-cores-${release()}/`, import.meta.url)
	const folder = out ?? fileURLToPath(own)
	await mkdir(folder, { recursive: true })
	await write(folder, 'machine.json', machine)
	return folder
}

/** Keeps the raw figures of a scenario. */
export function keep(folder: string, findings: Findings): Promise<void> {
	return write(folder, `${findings.scenario}.json`, findings)
}

const baseline = new URL('./baseline.json', import.meta.url)

/** Empty where none is committed. */
export async function readBaseline(): Promise<Baseline> {
	return JSON.parse(await readFile(baseline, 'utf8').catch(() => '{}')) as Baseline
}

export function writeBaseline(ratios: Baseline): Promise<void> {
	return writeFile(baseline, `${JSON.stringify(ratios, undefined, '\t')}\n`)
}

/** All that a folder holds of these scenarios, in this order. */
export async function readRecords(
	folder: string,
	names: readonly string[],
): Promise<{ readonly machine: Machine; readonly all: readonly Findings[] }> {
	const files = new Set(await readdir(folder))
	const kept = names.map(name => `${name}.json`).filter(file => files.has(file))
	const all = (await Promise.all(kept.map(file => read(folder, file)))) as Findings[]
	return { machine: (await read(folder, 'machine.json')) as Machine, all }
}

async function write(folder: string, name: string, value: object): Promise<void> {
	await writeFile(join(folder, name), `${JSON.stringify(value, undefined, '\t')}\n`)
}

async function read(folder: string, name: string): Promise<unknown> {
	return JSON.parse(await readFile(join(folder, name), 'utf8'))
}
