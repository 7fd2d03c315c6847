#!/usr/bin/env node
import { existsSync } from 'node:fs'
import module from 'node:module'
import { join } from 'node:path'
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
	if (existsSync(folder)) enableCompileCache(join(folder, 'compiled'))
}

/** Of Node 22.1 and later. */
interface CompileCache {
	enableCompileCache(folder: string): unknown
}
