import { execFileSync } from 'node:child_process'
import type { Manner } from '../scenarios/scenario.ts'

/** A program that downloads. */
export interface Peer {
	readonly name: string
	/** It is there for what others are compared with, and leaves no file. */
	readonly fetchesNothing?: boolean
	/** How it can do more than fetch. Default: no other way. */
	readonly manners?: readonly Manner[]
	/** A second call goes on with what a killed one left. */
	readonly resumes?: boolean
	/** For who has not installed it. */
	readonly install?: string
	/** Its version, or undefined where it is not installed. */
	find(): string | undefined
	/** How it is called for a task; undefined where it does not offer that. */
	command(task: Task): readonly string[] | undefined
}

/** One file to fetch, or many. */
export interface Task {
	/** The first, and mirrors of it. */
	readonly urls: readonly string[]
	/** Absolute. */
	readonly target: string
	readonly connections: number | 'auto'
	/** In hex, where the program is told; mirrors are of use to some only with it. */
	readonly sha256: string | undefined
	/** A PEM file with what to trust; undefined where no URL is of TLS. */
	readonly ca: string | undefined
	/** Undefined: one file. */
	readonly many: ManyFiles | undefined
	/** The file is to be synced. */
	readonly synced: boolean
	/** There may be something of a killed run. */
	readonly resumes: boolean
	/** The file as the server has it, for those that do not fetch. */
	readonly original: string
	/** Where one on Node is to write how late its event loop came; undefined where nobody asks. */
	readonly loopDelay: string | undefined
}

/** Files that go into one folder under their own names; `connections` is then how many at once. */
export interface ManyFiles {
	readonly urls: readonly string[]
	/** A file with these URLs, one a line. */
	readonly list: string
	readonly folder: string
}

/** The first number with dots that a command says of itself. */
export function versionSaidBy(command: string, ...args: readonly string[]): string | undefined {
	try {
		const said = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
		return /\d+(\.\d+)+/.exec(said)?.[0] ?? 'unknown'
	} catch {
		return undefined
	}
}
