import type { Contender, ContenderName } from './scenario.ts'

/** Rates and sizes of the scenarios are in these. */
export const MB = 1_000_000

/** `skein:auto` as a value: a program and its number of connections. */
export function contenders(...names: readonly ContenderName[]): Contender[] {
	return names.map(name => {
		const [peer = '', connections = ''] = name.split(':')
		return { peer, connections: connections === 'auto' ? 'auto' : Number(connections) }
	})
}
