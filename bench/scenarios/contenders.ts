import type { Contender, ContenderName, Manner } from './scenario.ts'

/** Rates and sizes of the scenarios are in these. */
export const MB = 1_000_000

export const GiB: number = 1024 ** 3

/** `skein:auto:checked` as a value: a program, its number of connections, and what is asked of it besides. */
export function contenders(...names: readonly ContenderName[]): Contender[] {
	return names.map(name => {
		const [peer = '', connections = '', manner] = name.split(':')
		return {
			peer,
			connections: connections === 'auto' ? 'auto' : Number(connections),
			...(manner === undefined ? {} : { manner: manner as Manner }),
		}
	})
}
