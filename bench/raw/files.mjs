// The least that many small files can cost in Node: node:net and nothing else. No check, no retry, no sync.
//
// `node files.mjs LIST FOLDER LANES`: each lane has one connection and asks for one file after the other, until none is left.
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import process from 'node:process'

const endOfHead = Buffer.from('\r\n\r\n')
const [, , list = '', folder = '', lanes = '16'] = process.argv
const urls = readFileSync(list, 'utf8')
	.trim()
	.split('\n')
	.map(line => new URL(line))

await Promise.all(Array.from({ length: Number(lanes) }, fetchFiles))

/** A body is small enough to be held: it is written when it is whole. */
function fetchFiles() {
	const block = Buffer.allocUnsafeSlow(1024 * 1024)
	let filled = 0
	let url = urls.pop()
	if (url === undefined) return
	return new Promise((resolve, reject) => {
		const onread = {
			buffer: () => (filled === 0 ? block : block.subarray(filled)),
			callback(count) {
				filled += count
				const head = block.subarray(0, filled).indexOf(endOfHead)
				if (head < 0) return true
				const bodyAt = head + endOfHead.length
				const bytes = Number(/^content-length: (\d+)/im.exec(block.latin1Slice(0, head))?.[1])
				if (filled < bodyAt + bytes) return true
				writeFileSync(join(folder, basename(url.pathname)), block.subarray(bodyAt, bodyAt + bytes))
				filled = 0
				url = urls.pop()
				if (url !== undefined) socket.write(requestFor(url))
				else {
					socket.destroy()
					resolve()
				}
				return true
			},
		}
		const socket = connect({ host: url.hostname, port: Number(url.port), onread }, () => socket.write(requestFor(url)))
		socket.once('error', reject)
		socket.once('end', () => reject(new Error(`${url} ended too early`)))
	})
}

function requestFor(url) {
	return `GET ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\n\r\n`
}
