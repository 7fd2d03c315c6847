import { describe, expect, test } from 'vitest'
import { seeded } from '../../support/seeded.ts'
import type { Outcome } from './outcome.ts'
import { atOnce, play } from './play.ts'
import { referenceOutcome } from './reference.ts'

const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}Transfer-Encoding: chunked\r\n`

/** Answers on which parsers in wide use (Node's llhttp in its modes among them) do not agree, what skein does, and why. */
const disputed: readonly (readonly [what: string, wire: string, skein: 'refuses' | 'accepts', why: string])[] = [
	['another protocol', 'RTSP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na', 'refuses', 'RFC 9112 §2.3: the name is HTTP'],
	['a radio stream', 'ICY 200 OK\r\nContent-Length: 1\r\n\r\na', 'refuses', 'RFC 9112 §2.3: the name is HTTP'],
	['HTTP/0.9 in a status line', 'HTTP/0.9 200 OK\r\n\r\n', 'refuses', 'RFC 9112 §2.3: 1.0 and 1.1 are spoken'],
	['HTTP/3.7', 'HTTP/3.7 200 OK\r\nContent-Length: 0\r\n\r\n', 'refuses', 'RFC 9112 §2.3: there is none over TCP'],
	[
		'an empty line first',
		`\r\n${ok}Content-Length: 0\r\n\r\n`,
		'refuses',
		'RFC 9112 §2.2: passed over before requests alone',
	],
	[
		'one too many after an interim answer',
		`HTTP/1.1 103 Early\r\n\r\n\r\n${ok}Content-Length: 0\r\n\r\n`,
		'refuses',
		'RFC 9112 §2.2: as before',
	],
	[
		'lines that end in a bare LF',
		'HTTP/1.1 200 OK\nContent-Length: 2\n\nab',
		'refuses',
		'RFC 9112 §2.2: may be taken for a line end, need not be',
	],
	['a bare LF after one field', `${ok}X: y\nContent-Length: 2\r\n\r\nab`, 'refuses', 'RFC 9112 §2.2: as before'],
	[
		'a bare CR after the status line',
		'HTTP/1.1 200 OK\rContent-Length: 0\r\n\r\n',
		'refuses',
		'RFC 9112 §2.2: never a line end',
	],
	[
		'a folded field that frames the body',
		`${ok}Transfer-Encoding: chunked\r\n , gzip\r\n\r\n1\r\na\r\n0\r\n\r\n`,
		'refuses',
		'RFC 9112 §5.2, §6.1',
	],
	[
		'chunked before another coding',
		`${ok}Transfer-Encoding: chunked, gzip\r\n\r\n1\r\na\r\n0\r\n\r\n`,
		'refuses',
		'RFC 9112 §6.1: no coding was asked for by TE',
	],
	[
		'another coding before chunked',
		`${ok}Transfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
		'refuses',
		'RFC 9112 §6.1, §7: as before',
	],
	[
		'a coding called xchunked',
		`${ok}Transfer-Encoding: xchunked\r\n\r\na`,
		'refuses',
		'RFC 9112 §6.1: nobody can decode it',
	],
	[
		'a switch of protocols with a length',
		'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nContent-Length: 1\r\n\r\na',
		'refuses',
		'RFC 9110 §15.2.2: no upgrade was asked for',
	],
	[
		'a length and chunked',
		`${chunked}Content-Length: 1\r\n\r\n1\r\na\r\n0\r\n\r\n`,
		'refuses',
		'RFC 9112 §6.3: ought to be handled as an error',
	],
	['two lengths', `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 'refuses', 'RFC 9112 §6.3: unrecoverable'],
	[
		'one length twice',
		`${ok}Content-Length: 2\r\nContent-Length: 2\r\n\r\nab`,
		'accepts',
		'RFC 9112 §6.3: identical ones may be accepted',
	],
	[
		'bytes after an answer that closes',
		`${ok}Connection: close\r\nContent-Length: 1\r\n\r\na${ok}`,
		'accepts',
		'RFC 9112 §6.3: whole; what follows goes with the connection',
	],
	[
		'bytes after one that has no content',
		`HTTP/1.1 204 None\r\nConnection: close\r\n\r\n${ok}`,
		'accepts',
		'RFC 9112 §6.3: as before',
	],
	[
		'a chunk extension without a name',
		`${chunked}\r\n1;\r\na\r\n0\r\n\r\n`,
		'accepts',
		'RFC 9112 §7.1.1: what is not known is passed over',
	],
	[
		'a chunk extension with an open quote',
		`${chunked}\r\n1;a="b\r\na\r\n0\r\n\r\n`,
		'accepts',
		'RFC 9112 §7.1.1: no quoted string holds a CRLF',
	],
]

describe('on what parsers do not agree', () => {
	test.each(disputed)('%s: one answer, whatever its pieces', async (_, wire, skein) => {
		const bytes = Buffer.from(wire, 'latin1')
		const whole = await play(bytes, atOnce)
		expect(whole).toEqual(referenceOutcome(wire, 'fin'))
		expect(isAccepted(whole)).toBe(skein === 'accepts')
		const everywhere = Array.from({ length: bytes.length }, (_unused, at) => at)
		expect(await play(bytes, { ...atOnce, cuts: everywhere })).toEqual(whole)
		const random = seeded(bytes.length)
		for (let round = 0; round < 8; round++) {
			const cuts = everywhere.filter(() => random() < 0.1)
			expect(await play(bytes, { ...atOnce, cuts, blockBytes: 1 + round, pauseEvery: round % 3 })).toEqual(whole)
		}
	})

	test.each(disputed)('%s: not whole before its last byte', async (_, wire) => {
		const whole = await play(Buffer.from(wire, 'latin1'), atOnce)
		for (let cut = 0; cut < wire.length; cut++) {
			const short = await play(Buffer.from(wire.slice(0, cut), 'latin1'), { ...atOnce, ending: 'hidden-reset' })
			// One that is cut after its body, in what nobody asked for, is as whole as before.
			if (isWhole(short)) expect(short).toEqual(whole)
		}
	})
})

function isAccepted(outcome: Outcome): boolean {
	return 'end' in outcome && outcome.end !== 'E_PROTOCOL'
}

function isWhole(outcome: Outcome): boolean {
	return 'end' in outcome && typeof outcome.end !== 'string'
}
