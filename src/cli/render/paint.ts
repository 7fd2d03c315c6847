import * as colours from 'yoctocolors'

type Dye = (text: string) => string

/** Colours by what they mean. Everything must be understandable without them. */
export interface Paint {
	readonly name: Dye
	readonly good: Dye
	readonly bad: Dye
	/** The bar: what is there, what is partly there, what is missing. */
	readonly full: Dye
	readonly partial: Dye
	readonly faint: Dye
}

const none: Dye = text => text

export const noPaint: Paint = { name: none, good: none, bad: none, full: none, partial: none, faint: none }

export const colourPaint: Paint = {
	name: colours.bold,
	good: colours.green,
	bad: colours.red,
	full: colours.cyan,
	partial: colours.cyan,
	faint: colours.gray,
}

export const paintFor = (colour: boolean): Paint => (colour ? colourPaint : noPaint)
