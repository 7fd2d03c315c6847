/** A folder that may only reach the listed places inside src/. */
const only = (name, from, allowed, comment) => ({
	name,
	comment,
	severity: 'error',
	from: { path: `^src/${from}` },
	to: { path: '^src/', pathNot: allowed.map(path => `^src/${path}`) },
})

export default {
	forbidden: [
		{
			name: 'no-cycles',
			severity: 'error',
			comment: 'Two modules that need each other are one module, or hide a third.',
			from: {},
			to: { circular: true },
		},
		{
			name: 'no-orphans',
			severity: 'error',
			comment: 'Nobody imports this file. Wire it in or delete it.',
			from: { orphan: true, path: '^src/' },
			to: {},
		},
		only('base-knows-nothing', 'base/', ['base/'], 'base/ is the floor.'),
		only(
			'model-is-pure',
			'model/',
			['base/', 'model/'],
			'model/ is values and functions. Put I/O in an adapter folder.',
		),
		only('control-is-pure', 'control/', ['base/', 'model/', 'control/'], 'control/ decides; engine/ acts on it.'),
		{
			name: 'pure-folders-do-no-io',
			severity: 'error',
			comment: 'base/, model/, control/ and engine/ import no node:* and no package, so that they run in a simulation.',
			from: { path: '^src/(base|model|control|engine|source)/' },
			to: { dependencyTypes: ['core', 'npm'] },
		},
		only(
			'disk-knows-no-downloads',
			'disk/',
			['base/', 'model/', 'disk/'],
			'disk/ knows files and their names. What a file is for belongs above it.',
		),
		{
			name: 'api-chooses-the-disk',
			severity: 'error',
			comment: 'Take a Disk as an argument: the file work then runs on a simulated one too.',
			from: { path: '^src/', pathNot: '^src/(api|disk)/' },
			to: { path: '^src/disk/(system|system-file|lock|commands|file-mode)\\.ts$' },
		},
		{
			name: 'files-by-way-of-the-disk',
			severity: 'error',
			comment:
				'Use a Disk. Beside it: what is read once at the start, a pipe to write to, a thread that has but a number, and the command.',
			from: {
				path: '^src/',
				pathNot: '^src/(disk/|cli/|api/(version|wire)\\.ts$|transport/connect/system-ca\\.ts$|verify/worker\\.ts$)',
			},
			to: { path: '^(node:)?fs(/|$)' },
		},
		only(
			'the-network-stays-apart',
			'transport/',
			['base/', 'model/', 'transport/'],
			'transport/ knows no other adapter. What it shares with one belongs in model/ or base/.',
		),
		only(
			'adapters-stay-apart',
			'(sink|journal|verify|hosts)/',
			['base/', 'model/', 'disk/', '$1/'],
			'Adapters do not know each other. What two of them share belongs in model/, base/ or disk/.',
		),
		only(
			'metalink-is-reading',
			'metalink/',
			['base/', 'model/', 'metalink/'],
			'metalink/ makes values of a text that it is given. Who fetches it and who uses it is above.',
		),
		only(
			'destination-joins-the-disk',
			'destination/',
			['base/', 'model/', 'disk/', '(sink|journal|verify|destination)/'],
			'destination/ puts sink, journal and verify together on one place; it knows neither network nor engine.',
		),
		only(
			'source-sees-the-transport-contract',
			'source/',
			['base/', 'model/', 'control/', 'source/', 'transport/contract\\.ts$'],
			'source/ asks through the Transport contract.',
		),
		only(
			'engine-sees-contracts',
			'engine/',
			[
				'base/',
				'model/',
				'control/',
				'source/',
				'engine/',
				'(transport|sink|journal|verify|destination|hosts)/contract\\.ts$',
			],
			'engine/ takes implementations as arguments; api/ chooses them.',
		),
		only(
			'session-uses-the-api',
			'session/',
			['base/', 'model/', 'api/', 'session/'],
			'session/ is a customer of api/.',
		),
		{
			name: 'apps-are-above',
			severity: 'error',
			comment: 'Nothing below knows who uses it. Take a callback, or yield an event.',
			from: { path: '^src/', pathNot: '^src/(session|cli)/' },
			to: { path: '^src/(session|cli)/' },
		},
		only(
			'cli-is-the-top',
			'cli/',
			['base/', 'model/', 'api/', 'session/', 'cli/'],
			'cli/ uses what a customer can use.',
		),
		{
			name: 'declared-packages-only',
			severity: 'error',
			comment: 'Add it to dependencies first. What only the command needs is bundled with it, and is no dependency.',
			from: { path: '^src/', pathNot: '^src/cli/' },
			to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'unknown'] },
		},
	],
	options: {
		doNotFollow: { path: 'node_modules' },
		tsPreCompilationDeps: true,
		tsConfig: { fileName: 'tsconfig.json' },
		enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
	},
}
