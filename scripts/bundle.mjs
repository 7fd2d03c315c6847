// Makes the command, dist/cli/main.js, of src/cli/main.ts and what it needs: docs/decisions/0009-the-command-is-a-bundle.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const source = path => join(root, 'src', path)
const folder = join(root, 'dist', 'cli')

const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Beside the command, since the thread that hashes is started by its file, as it is seen from the file that starts it. */
const entries = { main: source('cli/main.ts'), worker: source('verify/worker.ts') }
/** What nearly every run loads first, in one file: each file more takes some tenths of a millisecond. */
const first = [source('cli/process.ts'), source('cli/commands/get.ts')]

const bundle = await rolldown({
	input: entries,
	platform: 'node',
	external: Object.keys(dependencies),
	preserveEntrySignatures: false,
})
const { output } = await bundle.generate({
	// Node's loader of ES modules, and the faces that it gives to Node's own, would take 5 ms more.
	format: 'cjs',
	// V8 reads a text of one byte a character, and without comments. Line breaks and names are left for stack traces.
	charset: 'ascii',
	comments: false,
	entryFileNames: '[name].js',
	chunkFileNames: '[name].js',
	codeSplitting: {
		includeDependenciesRecursively: false,
		groups: [{ debugName: 'core', name: (id, graph) => (inCore(id, graph) ? 'core' : null) }],
	},
})

mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n')
writeFileSync(join(folder, 'LICENSES.txt'), licencesOf(output))
// The command last: where it is, the build is whole.
for (const { fileName, code } of output.toSorted((a, b) => Number(a.name === 'main') - Number(b.name === 'main')))
	writeFileSync(join(folder, fileName), code)

/** What an entry itself needs stays apart: neither the thread nor the switching on of the cache may load the rest. */
function inCore(id, graph) {
	return reachedFrom(first, graph).has(id) && !reachedFrom(Object.values(entries), graph).has(id)
}

/** All that is loaded with these modules, not counting what they load when it is wanted. */
function reachedFrom(ids, graph) {
	const reached = new Set(ids)
	for (const id of reached) for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) reached.add(imported)
	return reached
}

/** The notices of the packages that are in the bundle, as their licences ask for. */
function licencesOf(chunks) {
	const ids = chunks.flatMap(({ modules }) => Object.keys(modules))
	const packages = new Set(ids.flatMap(id => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []))
	return [...packages]
		.sort()
		.map(noticeOf)
		.join(`\n${'-'.repeat(80)}\n\n`)
}

function noticeOf(folder) {
	const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
	const file = ['LICENSE', 'license', 'LICENSE.md', 'LICENSE.txt'].map(name => join(folder, name)).find(existsSync)
	if (file === undefined) throw new Error(`${name} has no licence that could be kept`)
	return `${name} ${version}\n\n${readFileSync(file, 'utf8').trim()}\n`
}
