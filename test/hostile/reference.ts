import { type Behaviour, type Ending, endingInWords } from './catalogue.ts'

/** A part of the page: a title and a table. */
export interface Chapter {
	readonly title: string
	readonly behaviours: readonly Behaviour[]
}

const notMeasured = 'not measured'

/** `docs/reference/hostile-servers.md`. */
export function hostileServersReference(scenarios: readonly Behaviour[], chapters: readonly Chapter[]): string {
	const all = chapters.flatMap(({ behaviours }) => behaviours)
	const met = all.filter(({ cases }) => cases.length > 0)
	const tests = [...scenarios, ...met].reduce((sum, { cases }) => sum + cases.length, 0)
	return `${[
		'<!-- Made from the tables in test/hostile by `npx vitest run test/hostile/reference.test.ts --update`: change those. -->',
		'# Hostile servers',
		`What servers, networks, disks and strangers do, and what skein does then: the right bytes, or an error with a code, never in silence and never without end. Of ${all.length} known behaviours ${met.length} can be met by the command and the library; each is a test against a server that behaves so (${tests} in all, in \`test/hostile/\`). The others say what they wait for.`,
		'*Ends in* is what the tests hold skein to. What other programs do was measured (aria2 1.36, axel 2.17, wget2 1.99, curl 7.88, ipull 4.0, easydl 1.2) or is told in the issue or advisory that is named; where neither is known it says so.',
		'## The 26 scenarios',
		'One file of 8 MiB, four connections, the same server for all programs.',
		table(
			['what the server does', 'skein ends in', 'other programs'],
			scenarios.map(one => [one.behaviour, endsIn(one), one.peers ?? notMeasured]),
		),
		...chapters.flatMap(({ title, behaviours }) => [`## ${title}`, chapterTable(behaviours)]),
	].join('\n\n')}\n`
}

function chapterTable(behaviours: readonly Behaviour[]): string {
	const head = ['', 'behaviour', 'what skein does', 'ends in', 'what others do']
	return table(
		head,
		behaviours.map(one => [`${one.number}`, one.behaviour, one.skein ?? '', endsIn(one), one.peers ?? notMeasured]),
	)
}

function endsIn({ cases }: Behaviour): string {
	const endings = new Set<Ending>(cases.flatMap(({ ends }) => ends))
	return [...endings].map(ending => (ending === 'right' ? endingInWords(ending) : `\`${ending}\``)).join(', ')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
	return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
