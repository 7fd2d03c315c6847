import { vi } from 'vitest'
import { systemDisk } from '../../src/api/system.ts'
import type { DiskFile } from '../../src/disk/contract.ts'

/** An operation on the `.part` that fails from its nth call on, as a fault of the disk, a quota or a remount has it. */
export interface DiskFault {
	readonly operation: 'write' | 'syncData' | 'syncAll' | 'close' | 'link'
	readonly from?: number
	readonly code: string
}

/** Runs `work` while the disk of this machine has a fault. Not beside other tests: there is one for the process. */
export async function withDiskFault<T>({ operation, from = 1, code }: DiskFault, work: () => Promise<T>): Promise<T> {
	const create = systemDisk.create.bind(systemDisk)
	let calls = 0
	const fail = (): void => {
		calls += 1
		if (calls < from) return
		throw Object.assign(new Error(`${code}: ${operation}`), { code, syscall: operation })
	}
	const spies = [
		vi.spyOn(systemDisk, 'create').mockImplementation(async path => {
			const file = await create(path)
			return path.endsWith('.part') && operation !== 'link' ? faulty(file, operation, fail) : file
		}),
	]
	if (operation === 'link') spies.push(vi.spyOn(systemDisk, 'link').mockImplementation(async () => fail()) as never)
	try {
		return await work()
	} finally {
		for (const spy of spies) spy.mockRestore()
	}
}

function faulty(file: DiskFile, operation: string, fail: () => void): DiskFile {
	return new Proxy(file, {
		get(target, key) {
			const value: unknown = Reflect.get(target, key, target)
			if (typeof value !== 'function') return value
			return async (...args: readonly unknown[]) => {
				if (key === operation && key !== 'close') fail()
				const answer: unknown = await value.apply(target, args)
				// A file is closed whatever the answer is.
				if (key === operation && key === 'close') fail()
				return answer
			}
		},
	})
}
