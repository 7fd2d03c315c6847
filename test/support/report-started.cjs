// To be preloaded: says on standard error, at the end, which files were loaded and which kinds of resources were made.
const { createHook } = require('node:async_hooks')
const { writeSync } = require('node:fs')
const process = require('node:process')

const kinds = new Set()
createHook({ init: (_id, kind) => kinds.add(kind) }).enable()
process.on('exit', () => {
	const files = Object.keys(require.cache).filter(file => file !== __filename)
	writeSync(2, JSON.stringify({ files, kinds: [...kinds] }))
})
