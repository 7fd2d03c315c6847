import { expect, test } from 'vitest'
import { redactUrl } from '../../src/base/redact.ts'

test.each<[url: string, shown: string]>([
	['https://user:secret@h.example:8443/a/b.tar?X-Amz-Signature=secret#secret', 'https://h.example:8443/a/b.tar'],
	['http://[::1]:80/x?token=secret', 'http://[::1]/x'],
	['https://h.example', 'https://h.example/'],
])('%s is shown as %s', (url, shown) => {
	expect(redactUrl(new URL(url))).toBe(shown)
})
