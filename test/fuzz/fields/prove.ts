import fc from 'fast-check'
import { type FieldParser, fieldParsers } from './parsers.ts'
import { fieldLaws } from './written.ts'

export interface FieldFuzz {
	/** Fields for each law and each parser. */
	readonly runs: number
	readonly seed: number
	/**
	 * How long a field of 64 KiB may take. Default: not measured, for on a busy machine that says nothing, and of the long
	 * fields those alone are read that repeat one piece.
	 */
	readonly limitMs?: number
}

export interface FieldFigures {
	readonly laws: number
	readonly fields: number
	/** Fields of 64 KiB that were read. */
	readonly longFields: number
	/** Of the longest reading, the best of five; undefined where not measured. */
	readonly slowestMs: number | undefined
}

const longBytes = 64 * 1024

/** Reads fields that hold to the grammars, nearly hold, and do not. Throws where a parser throws, is wrong or slow. */
export async function proveFieldFuzz({ runs, seed, limitMs }: FieldFuzz): Promise<FieldFigures> {
	for (const { name, law } of fieldLaws) check(name, law, runs, seed)
	for (const parser of fieldParsers) check(`${parser.name} is read without a fault`, isRead(parser), runs, seed)
	const long = fieldParsers.flatMap(parser =>
		longFieldsOf(parser, limitMs !== undefined).map(field => ({ parser, field })),
	)
	let slowestMs = 0
	for (const { parser, field } of long) slowestMs = Math.max(slowestMs, timeOf(parser, field, limitMs))
	return {
		laws: fieldLaws.length + fieldParsers.length,
		fields: (fieldLaws.length + fieldParsers.length) * runs,
		longFields: long.length,
		slowestMs: limitMs === undefined ? undefined : Math.round(slowestMs * 10) / 10,
	}
}

function check(name: string, law: fc.IRawProperty<unknown>, numRuns: number, seed: number): void {
	const details = fc.check(law as fc.IProperty<unknown>, { numRuns, seed })
	if (details.failed) throw new Error(`${name}: not so\n${fc.defaultReportMessage(details)}`)
}

function isRead({ read, pieces }: FieldParser): fc.IRawProperty<unknown> {
	const piece = fc.oneof(
		{ weight: 8, arbitrary: fc.constantFrom(...pieces) },
		fc.string({ unit: 'binary', maxLength: 3 }),
		fc.integer({ min: 0, max: 255 }).map(byte => String.fromCharCode(byte)),
	)
	const field = fc.array(piece, { maxLength: 24 }).map(parts => parts.join(''))
	return fc.property(field, read) as fc.IRawProperty<unknown>
}

/** Each piece over and over, and after each other one: what makes a pattern go back is a repetition that nearly ends. */
function longFieldsOf({ pieces }: FieldParser, pairs: boolean): readonly string[] {
	const alone = pieces.map(piece => repeated(piece))
	if (!pairs) return alone
	return [...alone, ...pieces.flatMap(first => alone.map(second => first + second.slice(first.length)))]
}

const repeated = (piece: string): string => piece.repeat(Math.ceil(longBytes / piece.length)).slice(0, longBytes)

function timeOf(parser: FieldParser, field: string, limitMs: number | undefined): number {
	let bestMs = Number.POSITIVE_INFINITY
	for (let round = 0; round < 5; round++) {
		const startMs = performance.now()
		parser.read(field)
		bestMs = Math.min(bestMs, performance.now() - startMs)
		if (limitMs === undefined || bestMs < limitMs) return bestMs
	}
	const shown = JSON.stringify(field.slice(0, 40))
	throw new Error(`${parser.name} takes ${Math.round(bestMs)} ms for ${field.length} bytes that begin with ${shown}`)
}
