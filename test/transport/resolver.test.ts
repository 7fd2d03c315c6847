import type { LookupAddress } from 'node:dns'
import { expect, test } from 'vitest'
import { Resolver } from '../../src/transport/connect/resolver.ts'

const four = (address: string): LookupAddress => ({ address, family: 4 })
const six = (address: string): LookupAddress => ({ address, family: 6 })

/** A resolver whose look-ups have the given outcomes, one after another. */
function resolverOf(...outcomes: (LookupAddress[] | Error)[]) {
	const asked: string[] = []
	const resolver = new Resolver(async host => {
		asked.push(host)
		const outcome = outcomes[asked.length - 1] ?? new Error('asked too often')
		if (outcome instanceof Error) throw outcome
		return outcome
	})
	return { resolver, asked }
}

test('a name is asked once, also by many at once', async () => {
	const { resolver, asked } = resolverOf([four('10.0.0.1')])
	const answers = await Promise.all([1, 2, 3].map(() => resolver.resolve('example.org')))
	expect([...answers, await resolver.resolve('example.org')]).toEqual(Array(4).fill(['10.0.0.1']))
	expect(asked).toEqual(['example.org'])
})

test.each(['127.0.0.1', '::1'])('%s is asked nobody about', async address => {
	const { resolver, asked } = resolverOf()
	expect(await resolver.resolve(address)).toEqual([address])
	expect(asked).toEqual([])
})

test('the families take turns', async () => {
	const { resolver } = resolverOf([six('::a'), six('::b'), four('10.0.0.1'), six('::c'), four('10.0.0.2')])
	expect(await resolver.resolve('example.org')).toEqual(['::a', '10.0.0.1', '::b', '10.0.0.2', '::c'])
})

test('all addresses of a family that has more than the first are there', async () => {
	const { resolver } = resolverOf([six('::a'), four('10.0.0.1'), four('10.0.0.2'), four('10.0.0.3')])
	expect(await resolver.resolve('example.org')).toEqual(['::a', '10.0.0.1', '10.0.0.2', '10.0.0.3'])
})

test('a pinned address is the only one until it is forgotten', async () => {
	const { resolver, asked } = resolverOf([four('10.0.0.1'), four('10.0.0.2')], [four('10.0.0.3')])
	await resolver.resolve('example.org')
	resolver.pin('example.org', '10.0.0.2')
	expect(await resolver.resolve('example.org')).toEqual(['10.0.0.2'])
	resolver.forget('example.org')
	expect(await resolver.resolve('example.org')).toEqual(['10.0.0.3'])
	expect(asked).toHaveLength(2)
})

test('a failed look-up is asked again', async () => {
	const { resolver } = resolverOf(new Error('EAI_AGAIN'), [four('10.0.0.1')])
	await expect(resolver.resolve('example.org')).rejects.toThrow('EAI_AGAIN')
	expect(await resolver.resolve('example.org')).toEqual(['10.0.0.1'])
})

test('the last good answer stands in for a failed look-up', async () => {
	const { resolver } = resolverOf([four('10.0.0.1')], new Error('EAI_AGAIN'), [four('10.0.0.2')])
	await resolver.resolve('example.org')
	resolver.forget('example.org')
	expect(await resolver.resolve('example.org')).toEqual(['10.0.0.1'])
	expect(await resolver.resolve('example.org')).toEqual(['10.0.0.2'])
})

test('a name without addresses is not found', async () => {
	const { resolver } = resolverOf([])
	await expect(resolver.resolve('example.org')).rejects.toMatchObject({ code: 'ENOTFOUND' })
})
