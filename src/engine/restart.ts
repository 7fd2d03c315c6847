/** Thrown within the engine when what was committed to cannot be had any more, and the download has to begin anew. */
export class Restart extends Error {
	override readonly name = 'Restart'
	/** `changed`: another version is there. `ranges-gone`: the server sends no parts, or none that can be trusted. */
	readonly kind: 'changed' | 'ranges-gone'

	constructor(kind: 'changed' | 'ranges-gone', why: string) {
		super(why)
		this.kind = kind
	}
}
