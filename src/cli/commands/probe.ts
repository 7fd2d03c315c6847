import type { ProbeOptions } from '../../api/client.ts'
import { isDownloadError } from '../../base/errors.ts'
import { clientOptionsOf } from '../client-options.ts'
import type { Environment } from '../environment.ts'
import { exitCodeOf } from '../exit-codes.ts'
import { describeError } from '../render/error-line.ts'
import { failedFields, jsonLine, probedFields } from '../render/json.ts'
import { describeOffer, offerFields } from '../render/offer.ts'
import type { Typed } from '../typed.ts'
import { parseUrl } from '../url.ts'

/** Says what the server offers and resolves with the exit code. */
export async function probe(address: string, typed: Typed, environment: Environment): Promise<number> {
	const url = parseUrl(address)
	const client = environment.createClient(await clientOptionsOf(typed, environment))
	const interrupts = environment.catchInterrupts(() => {})
	const write = (text: string): boolean => environment.stdout.write(`${text}\n`)
	try {
		const offer = await client.probe(url, probeOptionsOf(typed, interrupts.signal))
		if (typed.json) for (const fields of [probedFields(1, offer), offerFields(1, offer)]) write(jsonLine(fields))
		else for (const line of describeOffer(offer)) write(line)
		return 0
	} catch (error) {
		if (!isDownloadError(error)) throw error
		if (typed.json) write(jsonLine(failedFields(1, error)))
		environment.screen.write(`${describeError(error)}\n`)
		return exitCodeOf(error, interrupts.signal.reason)
	} finally {
		interrupts.release()
		await client.close()
	}
}

function probeOptionsOf({ download, headers }: Typed, signal: AbortSignal): ProbeOptions {
	const { connectTimeoutMs, stallTimeoutMs, maxRedirects, userAgent } = download
	return {
		signal,
		...(headers.size === 0 ? {} : { headers: Object.fromEntries(headers) }),
		...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
		...(stallTimeoutMs === undefined ? {} : { stallTimeoutMs }),
		...(maxRedirects === undefined ? {} : { maxRedirects }),
		...(userAgent === undefined ? {} : { userAgent }),
	}
}
