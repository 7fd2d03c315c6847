import { execFileSync } from 'node:child_process'

/** A program that downloads. */
export interface Peer {
	readonly name: string
	/** It is there for what others are compared with, and leaves no file. */
	readonly fetchesNothing?: boolean
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
