import { defineConfig, type ViteUserConfig } from 'vitest/config'

const everything = { branches: 100, functions: 100, lines: 100, statements: 100 }

const config: ViteUserConfig = defineConfig({
	test: {
		include: ['test/**/*.test.ts'],
		testTimeout: 30_000,
		hookTimeout: 30_000,
		restoreMocks: true,
		// A core for each worker: vitest keeps one free by default, which on two cores means one file after another.
		maxWorkers: '100%',
		// What one test teaches of a host on loopback is not for the next: this is no folder, and nothing is remembered.
		env: { XDG_CACHE_HOME: '/dev/null' },
		// `npm run coverage`: what decides about bytes is covered by the unit tests of its own folder, branch by branch.
		coverage: {
			provider: 'v8',
			include: ['src/{model,control,journal}/**/*.ts'],
			// A contract is types alone: nothing of it runs.
			exclude: ['src/**/contract.ts'],
			reporter: ['text', 'html'],
			thresholds: {
				'src/model/**': everything,
				'src/control/**': everything,
				'src/journal/**': everything,
			},
		},
	},
})

export default config
