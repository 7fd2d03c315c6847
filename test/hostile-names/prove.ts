import { chooseFileName } from '../../src/model/file-name.ts'
import { downloadAll, type Named } from './downloaded.ts'
import { hostileNames } from './names.ts'
import { printed, unescapedIn } from './printed.ts'
import { whyUnsafe } from './safe-component.ts'
import { ways } from './ways.ts'

export interface NamesProof {
	/** Of what is named, one in so many is downloaded. 1 downloads all. */
	readonly downloadOneIn: number
	/** Of the names, one in so many is printed. 1 prints all. */
	readonly printOneIn: number
}

export interface NamesFigures {
	readonly names: number
	readonly chosen: number
	readonly downloaded: number
	readonly printed: number
}

/** Every hostile name by every way. Throws where a name is not one safe component, leaves its folder, or acts on a terminal. */
export async function proveHostileNames({ downloadOneIn, printOneIn }: NamesProof): Promise<NamesFigures> {
	const names = hostileNames()
	const all = names.flatMap(name => ways.map((way): Named => ({ name, way })))
	for (const named of all) requireSafe(named)
	const texts = names.filter((_, index) => index % printOneIn === 0).map(({ bytes }) => bytes)
	for (const text of texts) await requireHarmless(text)
	const sample = all.filter((_, index) => index % downloadOneIn === 0)
	let downloaded = 0
	for (let at = 0; at < sample.length; at += perFolder)
		downloaded += await downloadAll(sample.slice(at, at + perFolder))
	return { names: names.length, chosen: all.length, downloaded, printed: texts.length }
}

/** Many become the same name, and each looks for the next number that is free. */
const perFolder = 320

function requireSafe({ name, way }: Named): void {
	const url = new URL(way.path(name), 'http://host.test')
	const chosen = chooseFileName({ disposition: way.disposition(name), url })
	const danger = whyUnsafe(chosen)
	if (danger === undefined) return
	throw new Error(`${way.name} ${JSON.stringify(name.bytes)} becomes ${JSON.stringify(chosen)}, which ${danger}`)
}

const longestOnDisk = 255

/** As bytes and as the text that they are: a name that a user types is not made safe, and is printed all the same. */
async function requireHarmless(bytes: string): Promise<void> {
	const onDisk = bytes.slice(0, longestOnDisk)
	for (const name of [onDisk, Buffer.from(onDisk, 'latin1').toString('utf8')]) {
		for (const [output, text] of Object.entries(await printed(name))) {
			const found = unescapedIn(text)
			if (found === undefined) continue
			throw new Error(`${JSON.stringify(found)} of ${JSON.stringify(name)} reaches ${output}: ${JSON.stringify(text)}`)
		}
	}
}
