// Lets a child process run the project's TypeScript: Node 20 takes no types off by itself.
import { readFile } from 'node:fs/promises'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'

if (new URL(import.meta.url).searchParams.has('hooks') === false) register(`${import.meta.url}?hooks`)

export async function load(url, context, nextLoad) {
	if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
	const { default: typescript } = await import('typescript')
	const { ModuleKind, ScriptTarget } = typescript
	const source = await readFile(fileURLToPath(url), 'utf8')
	const compilerOptions = { module: ModuleKind.ESNext, target: ScriptTarget.ES2022, verbatimModuleSyntax: true }
	return {
		format: 'module',
		shortCircuit: true,
		source: typescript.transpileModule(source, { compilerOptions }).outputText,
	}
}
