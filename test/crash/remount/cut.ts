import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import type { RunningCli } from '../../support/run-cli.ts'
import type { Mount } from '../../torture/binary/mounts.ts'

const run = promisify(execFile)

/** How a file system comes to an end without having been asked. */
export type CutKind =
	/** Its image is copied while the process stands still, and the copy is what the next boot finds. */
	| 'copy'
	/** It takes no more writes, and its journal ends where it is. */
	| 'abort'
	/** The same by the ioctl, after everything was written out. */
	| 'shutdown, flushed'
	/** After its journal was written out, and not the data. */
	| 'shutdown, journal flushed'
	| 'shutdown, nothing flushed'

export interface Cut {
	readonly mount: Mount
	readonly image: string
	/** Where a copy of the image goes. */
	readonly copy: string
	readonly running: RunningCli
}

const cuts: Readonly<Record<CutKind, (cut: Cut) => Promise<void>>> = {
	copy: copyImage,
	abort: ({ mount }) => mount.remount('abort'),
	'shutdown, flushed': cut => shutDown(cut, 0),
	'shutdown, journal flushed': cut => shutDown(cut, 1),
	'shutdown, nothing flushed': cut => shutDown(cut, 2),
}

export function makeCut(kind: CutKind, cut: Cut): Promise<void> {
	return cuts[kind](cut)
}

/** Those that can be made here: the ioctl needs a language that has one. */
export function possibleCuts(): CutKind[] {
	const kinds = Object.keys(cuts) as CutKind[]
	return hasPython() ? kinds : kinds.filter(kind => !kind.startsWith('shutdown'))
}

/**
 * The copying takes a moment, in which the process may not go on: an image whose journal is newer than its blocks is
 * one that no power cut leaves.
 */
async function copyImage({ image, copy, running }: Cut): Promise<void> {
	running.child.kill('SIGSTOP')
	await run('cp', ['--sparse=always', image, copy])
	running.child.kill('SIGKILL')
}

const script = `
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', int(sys.argv[2])))
`

/** EXT4_IOC_SHUTDOWN. */
async function shutDown({ mount }: Cut, flag: 0 | 1 | 2): Promise<void> {
	await run('python3', ['-c', script, mount.path, String(flag)])
}

function hasPython(): boolean {
	try {
		execFileSync('python3', ['--version'], { stdio: 'ignore' })
		return true
	} catch {
		return false
	}
}
