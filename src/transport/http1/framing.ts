import { listMembers } from './field-value.ts'
import { protocolError } from './protocol-error.ts'
import type { ParsedHead } from './response-head.ts'

/** How the end of a body is told (RFC 9112 §6.3). */
export type Framing =
	| { readonly kind: 'length'; readonly bytes: number }
	| { readonly kind: 'chunked' }
	| { readonly kind: 'close' }

/** The framing of the answer to a GET. Throws E_PROTOCOL for what could be read in two ways. */
export function framingOf(head: ParsedHead, where: string): Framing {
	if (head.status === 204 || head.status === 304) return { kind: 'length', bytes: 0 }
	const coding = head.fields.get('transfer-encoding')
	const length = head.fields.get('content-length')
	if (coding !== undefined) return transferFraming(head, coding, length, where)
	if (length !== undefined) return { kind: 'length', bytes: parseLength(length, where) }
	return { kind: 'close' }
}

/** Whether the connection may serve another request when the body has ended (RFC 9112 §9.3). */
export function keepsAlive(head: ParsedHead, framing: Framing): boolean {
	if (framing.kind === 'close') return false
	const options = listMembers((head.fields.get('connection') ?? '').toLowerCase())
	if (options.includes('close')) return false
	return head.minorVersion === 1 || options.includes('keep-alive')
}

function transferFraming(head: ParsedHead, coding: string, length: string | undefined, where: string): Framing {
	// §6.1: a message with both may be an attempt at smuggling, and is one at least of a confused sender.
	if (length !== undefined) throw protocolError(where, 'has both Transfer-Encoding and Content-Length')
	if (head.minorVersion === 0) throw protocolError(where, 'is HTTP/1.0 with a Transfer-Encoding')
	if (coding.toLowerCase() !== 'chunked') throw protocolError(where, 'has a Transfer-Encoding that is not chunked')
	return { kind: 'chunked' }
}

/** Repeated equal lengths are one (§6.3, item 5); unequal or malformed ones leave no way to find the body's end. */
function parseLength(text: string, where: string): number {
	const [first = '', ...others] = listMembers(text)
	if (others.some(other => other !== first)) throw protocolError(where, 'has unequal Content-Length fields')
	if (!/^[0-9]+$/.test(first)) throw protocolError(where, 'has a malformed Content-Length')
	const bytes = Number(first)
	if (!Number.isSafeInteger(bytes)) throw protocolError(where, 'has a Content-Length beyond 2^53 - 1')
	return bytes
}
