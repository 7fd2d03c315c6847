import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { certificates } from '../../support/certificates.ts'
import { type RequestRecord, startOrigin } from '../../support/origin.ts'
import { tempDir } from '../../support/temp-dir.ts'
import type { Trial } from './trial.ts'

/** The name under which every trial's file is served. */
export const fileName = 'file.bin'

/** Where trials take place: origins that serve each its own file, and a folder for each. */
export interface Stand extends AsyncDisposable {
	/** Makes a trial's file known to the origins. */
	admit(trial: Trial): Promise<Admitted>
}

export interface Admitted {
	readonly folder: string
	/** Of the command that is run again and again. */
	readonly args: readonly string[]
	/** What the trial's runs asked for so far. */
	requests(): readonly RequestRecord[]
}

export async function openStand(): Promise<Stand> {
	const { ca, cert, key } = await certificates()
	const root = await tempDir()
	const cacert = join(root.path, 'ca.pem')
	await writeFile(cacert, ca)
	const trials: Trial[] = []
	const served = {
		body: Buffer.alloc(0),
		answer({ path }: RequestRecord) {
			const trial = trials[Number(path.split('/')[1])]
			return trial && { content: trial.body, bytesPerSecond: trial.bytesPerSecond }
		},
	}
	const plain = await startOrigin(served)
	const secure = await startOrigin({ ...served, tls: { cert, key } })
	return {
		async admit(trial) {
			const path = `/${trials.push(trial) - 1}/${fileName}`
			const folder = join(root.path, `${trials.length - 1}`)
			await mkdir(folder)
			if (trial.earlier !== undefined) await writeFile(join(folder, fileName), trial.earlier)
			const origin = trial.tls ? secure : plain
			return {
				folder,
				args: [origin.url(path), '-d', folder, '--json', ...trial.options, '--cacert', cacert],
				requests: () => origin.requests.filter(request => request.path === path),
			}
		},
		async [Symbol.asyncDispose]() {
			await Promise.all([plain.close(), secure.close()])
			await root[Symbol.asyncDispose]()
		},
	}
}
