import { redactAddress } from '../base/redact.ts'
import type { FlagValue } from './flag-value.ts'
import type { Typed } from './typed.ts'
import { usageError } from './usage-error.ts'

type FlagGroup = 'Files' | 'Speed' | 'Safety' | 'Patience' | 'Request' | 'Output'
export type FlagUser = 'get' | 'probe' | 'verify'

/** One flag: the parser, `--help` and `docs/reference/options.md` are made from these. */
export interface Flag {
	/** As commander writes them: `-x, --connections`. */
	readonly names: string
	/** What stands for the value; without it the flag is a switch. */
	readonly value?: string
	readonly group: FlagGroup
	readonly summary: string
	readonly default?: string
	readonly users: readonly FlagUser[]
	/** Takes what was typed into `typed`; throws E_USAGE. */
	update(typed: Typed, text: string): void
}

/** What stands for values, for people. */
export const valuesExplained =
	'SIZE and RATE are numbers with K, M, G, T (powers of 1024), KB, MB … (powers of 1000), or neither. S is seconds, fractions too.'

/** The last of the names, which is the long one. */
export const longName = ({ names }: Pick<Flag, 'names'>): string => names.slice(names.indexOf('--'))

/** What a flag with a value is for, and what it does. */
interface Meaning<T> {
	readonly summary: string
	readonly default?: string
	/** @default get alone */
	readonly users?: readonly FlagUser[]
	set(typed: Typed, value: T): void
}

/** A flag with a value. */
export function valued<T>(
	group: FlagGroup,
	names: string,
	value: string,
	type: FlagValue<T>,
	meaning: Meaning<T>,
): Flag {
	const { summary, users = ['get'], set } = meaning
	const update = (typed: Typed, text: string): void => {
		const read = type.read(text)
		if (read === undefined) throw unexpected({ names }, type, text)
		set(typed, read)
	}
	return {
		...{ names, value, group, summary, users, update },
		...(meaning.default === undefined ? {} : { default: meaning.default }),
	}
}

/** A flag that is there or not. */
export function switched(
	group: FlagGroup,
	names: string,
	summary: string,
	update: (typed: Typed) => void,
	users: readonly FlagUser[] = ['get'],
): Flag {
	return { names, group, summary, users, update }
}

function unexpected(flag: Pick<Flag, 'names'>, { wanted, secret }: FlagValue<unknown>, text: string): Error {
	// Where an address stands in the place of a value, it is one with all that it was signed with.
	const got = secret === undefined ? `\`${redactAddress(text)}\`` : 'something else'
	return usageError(`Expected \`${longName(flag)}\` to be ${wanted}, got ${got}`)
}
