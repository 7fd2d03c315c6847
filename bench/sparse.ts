import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'

const everyMs = 200

/**
 * Files that are written full of zeros take no place all the same: what is there is made a hole again and again, and
 * reads as before. So a disk takes a file that is larger than it. Costs a little of the machine: for scenarios that
 * claim nothing about time.
 */
export function keepSparse(paths: readonly string[]): Disposable {
	let isBusy = false
	const timer = setInterval(async () => {
		if (isBusy) return
		isBusy = true
		for (const path of paths) await punch(path)
		isBusy = false
	}, everyMs)
	if (paths.length === 0) clearInterval(timer)
	return { [Symbol.dispose]: () => clearInterval(timer) }
}

async function punch(path: string): Promise<void> {
	const { size } = await stat(path).catch(() => ({ size: 0 }))
	if (size === 0) return
	const args = ['--punch-hole', '--offset', '0', '--length', `${size}`, path]
	// It may have got its last name meanwhile.
	await new Promise<void>(resolve => execFile('fallocate', args, () => resolve()))
}
