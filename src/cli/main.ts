#!/usr/bin/env node
import { statSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { cacheFolder } from '../api/cache-folder.ts'

keepCompiledCode()
void import('./process.ts').then(({ runProcess }) => runProcess())

/**
 * Lets V8 keep what it compiles from here on for the next run. Node 20 has no such cache; one that cannot be written is done
 * without.
 *
 * In our own folder, for what lies in one that all share may be anybody's code; and only where the folder is there, for
 * Node tries for ever to make one below a folder that takes none, such as /proc.
 */
function keepCompiledCode(): void {
	const { enableCompileCache } = module as Partial<CompileCache>
	const cache = cacheFolder()
	if (enableCompileCache === undefined || cache === undefined) return
	const folder = join(cache, 'skein')
	if (isOurs(folder)) enableCompileCache(join(folder, 'compiled'))
}

/** What others can write to may hold anybody's code: root keeps HOME under sudo. */
function isOurs(folder: string): boolean {
	const stats = statSync(folder, { throwIfNoEntry: false })
	return stats !== undefined && stats.uid === (process.geteuid?.() ?? stats.uid)
}

/** Of Node 22.1 and later. */
interface CompileCache {
	enableCompileCache(folder: string): unknown
}
