import type { Scenario } from './scenario.ts'

/** What a scenario is, for people: a line for each of its sides. */
export function describeScenario(scenario: Scenario): string[] {
	const { files, origin, spoils, network, disk, wish, lives, healedAtMs } = scenario
	const versions = files.map(file =>
		file.versions.map(({ fromMs, bytes }) => `${bytes} bytes from ${fromMs} ms on`).join(', '),
	)
	const faults = spoils.map(({ name, share }) => `${name} (${share * 100} %)`)
	return [
		...versions.map((text, index) => `file ${index}     ${text}`),
		`server     ${facts(origin)}`,
		`faults     ${faults.length === 0 ? 'none in its answers' : faults.join(', ')}`,
		`network    ${facts(network)}`,
		`disk       ${facts(disk)}`,
		`wish       ${facts(wish)}`,
		...lives.map((life, index) => `life ${index + 1}     ${facts(life)}`),
		`healed     at ${healedAtMs} ms`,
	]
}

function facts(traits: object): string {
	return Object.entries(traits)
		.map(([name, value]) => `${name} ${value instanceof Object ? JSON.stringify(value).replaceAll('"', '') : value}`)
		.join('; ')
}
