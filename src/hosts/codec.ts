import { type HostLessons, type Lesson, lastLearnedMs } from '../model/host-lesson.ts'

/** What is kept: no more hosts than this, those of which something was learned last. */
const mostHosts = 500
/** A line with the longest name that there is takes 420 bytes. */
export const mostBytes: number = 256 * 1024
/** A DNS name has 253 characters at the most, and a port five. */
const mostHostLength = 259
const mostConnections = 1024

/** One line of JSON for each host, and nothing but its name and numbers in it. */
export function encodeLessons(lessons: ReadonlyMap<string, HostLessons>): Uint8Array {
	const known = [...lessons].filter(([, lesson]) => lastLearnedMs(lesson) > 0)
	const latest = known.sort(([, a], [, b]) => lastLearnedMs(b) - lastLearnedMs(a)).slice(0, mostHosts)
	const lines = latest.map(([host, { cap, paid }]) => `${JSON.stringify({ host, cap, paid })}\n`)
	return new TextEncoder().encode(lines.join(''))
}

/** What can be understood of it; lines that are torn, strange, or of another version are passed over. */
export function decodeLessons(bytes: Uint8Array): Map<string, HostLessons> {
	const lessons = new Map<string, HostLessons>()
	for (const line of new TextDecoder().decode(bytes).split('\n')) {
		const entry = decodeLine(line)
		if (entry !== undefined) lessons.set(entry.host, entry.lessons)
	}
	return lessons
}

function decodeLine(line: string): { host: string; lessons: HostLessons } | undefined {
	const value = parse(line)
	if (typeof value !== 'object' || value === null) return undefined
	const { host, cap, paid } = value as Record<string, unknown>
	if (typeof host !== 'string' || host === '' || host.length > mostHostLength) return undefined
	return { host, lessons: { ...lessonOf('cap', cap), ...lessonOf('paid', paid) } }
}

function parse(line: string): unknown {
	try {
		return JSON.parse(line)
	} catch {
		return undefined
	}
}

function lessonOf(name: keyof HostLessons, value: unknown): HostLessons {
	const { connections, learnedAt } = (value ?? {}) as Partial<Record<keyof Lesson, unknown>>
	if (!Number.isInteger(connections) || typeof learnedAt !== 'string') return {}
	const lesson = { connections: connections as number, learnedAt: new Date(learnedAt) }
	const isRight =
		lesson.connections >= 1 && lesson.connections <= mostConnections && !Number.isNaN(lesson.learnedAt.getTime())
	return isRight ? { [name]: lesson } : {}
}
