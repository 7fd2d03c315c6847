/** A number that was learned of a host, and when. */
export interface Lesson {
	readonly connections: number
	readonly learnedAt: Date
}

/** What runs have learned of one host. */
export interface HostLessons {
	/** It refused more than these. */
	readonly cap?: Lesson
	/** These paid, and more did not. */
	readonly paid?: Lesson
}

/** As much of it as can be relied on at some moment. */
export interface HostHints {
	readonly cap: number | undefined
	readonly paid: number | undefined
}

const dayMs = 86_400_000
/** After a week a lesson is worth half: twice the cap is tried, and half of the lanes are begun with. */
const halfLifeMs = 7 * dayMs
/** A sixteenth is worth nothing. */
const forgottenAfterMs = 30 * dayMs
/** Clocks of machines that share a folder differ; what is further ahead was dated by a wrong one. */
const mostAheadMs = dayMs

/** Lessons as they have faded: servers are set up anew, and lines are other lines from one week to the next. */
export function fade({ cap, paid }: HostLessons, now: Date): HostHints {
	return {
		cap: isForgotten(cap, now) ? undefined : Math.round(cap.connections / worth(cap, now)),
		paid: isForgotten(paid, now) ? undefined : Math.max(1, Math.round(paid.connections * worth(paid, now))),
	}
}

/** Both together without what is forgotten; of the same thing, what was learned later. */
export function mergeLessons(one: HostLessons, other: HostLessons, now: Date): HostLessons {
	const cap = later(one.cap, other.cap, now)
	const paid = later(one.paid, other.paid, now)
	return { ...(cap && { cap }), ...(paid && { paid }) }
}

/** When anything of it was learned last, in milliseconds since 1970; 0 for never. */
export function lastLearnedMs({ cap, paid }: HostLessons): number {
	return Math.max(cap?.learnedAt.getTime() ?? 0, paid?.learnedAt.getTime() ?? 0)
}

function later(one: Lesson | undefined, other: Lesson | undefined, now: Date): Lesson | undefined {
	if (isForgotten(one, now)) return isForgotten(other, now) ? undefined : other
	return !isForgotten(other, now) && other.learnedAt > one.learnedAt ? other : one
}

function isForgotten(lesson: Lesson | undefined, now: Date): lesson is undefined {
	if (lesson === undefined) return true
	const ageMs = now.getTime() - lesson.learnedAt.getTime()
	return ageMs > forgottenAfterMs || ageMs < -mostAheadMs
}

/** From 1 for what is new, halved each week. */
function worth({ learnedAt }: Lesson, now: Date): number {
	return 2 ** (-Math.max(0, now.getTime() - learnedAt.getTime()) / halfLifeMs)
}
