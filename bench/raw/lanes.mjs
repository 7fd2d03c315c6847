// The least that a segmented download can cost in Node: node:net or node:tls and nothing else. No check, no retry.
//
// `node lanes.mjs URL TARGET LANES synced|unsynced [CA]`: the file is cut into as many ranges, and each lane has one
// request for its own. `synced` ends with an fdatasync; CA is a PEM file, for TLS.
import { close, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import process from 'node:process'
import { connect as connectTls } from 'node:tls'

const blockBytes = 1024 * 1024
const endOfHead = Buffer.from('\r\n\r\n')
const [, , address = '', target = '', lanes = '8', sync = 'unsynced', ca] = process.argv
const url = new URL(address)
const place = { host: url.hostname, port: Number(url.port), ca: ca && readFileSync(ca) }
const connect = url.protocol === 'https:' ? connectTls : connectTcp

const bytes = await lengthOf()
const file = openSync(target, 'w', 0o600)
ftruncateSync(file, bytes)
const laneBytes = Math.ceil(bytes / Number(lanes))
const starts = Array.from({ length: Number(lanes) }, (_, lane) => lane * laneBytes).filter(start => start < bytes)
await Promise.all(starts.map(start => fetchRange(start, Math.min(start + laneBytes, bytes))))
if (sync === 'synced') fdatasyncSync(file)
close(file)

/** Socket to block, block to file: nothing is allocated for a chunk, and a block is written when it is full. */
function fetchRange(start, end) {
	const block = Buffer.allocUnsafeSlow(blockBytes)
	let filled = 0
	let inHead = true
	let at = start
	const writeBlock = from => {
		for (let done = from; done < filled; ) {
			const count = writeSync(file, block, done, filled - done, at)
			done += count
			at += count
		}
		filled = 0
	}
	return new Promise((resolve, reject) => {
		const onread = {
			buffer: () => (filled === 0 ? block : block.subarray(filled)),
			callback(count) {
				filled += count
				if (inHead) {
					const head = block.subarray(0, filled).indexOf(endOfHead)
					if (head < 0) return true
					inHead = false
					writeBlock(head + endOfHead.length)
				} else if (filled === block.length || at + filled === end) writeBlock(0)
				if (at === end) {
					socket.destroy()
					resolve()
				}
				return true
			},
		}
		const socket = connect({ ...place, onread }, () => {
			socket.write(requestOf(`bytes=${start}-${end - 1}`))
		})
		socket.once('error', reject)
		socket.once('end', () => reject(new Error(`${address} ended at ${at} of ${end}`)))
	})
}

async function lengthOf() {
	const socket = connect(place)
	socket.end(requestOf('bytes=0-0'))
	const answer = (await socket.setEncoding('latin1').toArray()).join('')
	return Number(/^content-range: bytes 0-0\/(\d+)/im.exec(answer)?.[1])
}

function requestOf(range) {
	return `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nRange: ${range}\r\nConnection: close\r\n\r\n`
}
