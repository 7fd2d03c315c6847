import { FakeClock } from '../support/fake-clock.ts'
import { Line, type Outage } from '../support/scripted/line.ts'
import { seeded } from '../support/seeded.ts'
import { Machine } from './machine.ts'
import { listenTo, watch } from './observers.ts'
import { Oracles } from './oracles.ts'
import { Origin } from './origin.ts'
import { Reached } from './reach.ts'
import type { Scenario, Wish } from './scenario.ts'
import { SimulatedProcess } from './simulated-process.ts'
import { Trace } from './trace.ts'
import { Truth } from './truth.ts'

/** All that stands around the processes of a scenario: time, server, network and disk, and who looks on. */
export class Stage {
	readonly clock: FakeClock = new FakeClock()
	readonly trace: Trace = new Trace(this.clock)
	readonly reached: Reached = new Reached()
	readonly truth: Truth
	readonly origin: Origin
	readonly machine: Machine
	readonly oracles: Oracles
	/** Told of every call on the disk that has been done. */
	onCall: (process: string, call: string) => void = () => {}
	/** So the last life ended. */
	powerWasCut = false
	readonly #scenario: Scenario
	readonly #line: Line
	readonly #load = { serving: 0 }
	readonly #processes: SimulatedProcess[] = []

	constructor(scenario: Scenario) {
		const { clock, trace, reached } = this
		const { chance, network, healedAtMs } = scenario
		this.#scenario = scenario
		this.truth = new Truth(scenario)
		this.origin = new Origin(scenario, this.truth, seeded(chance + 1), reached, name =>
			trace.note('origin', `fault: ${name}`),
		)
		const outages = network.outages
			.filter(({ fromMs }) => fromMs < healedAtMs)
			.map(outage => ({ ...outage, toMs: Math.min(outage.toMs, healedAtMs) }))
		this.#line = new Line(clock, { bytesPerSecond: network.lineBytesPerSecond, outages, stepMs: 25 })
		this.machine = new Machine(scenario, seeded(chance + 2), reached)
		this.oracles = new Oracles(scenario, this.truth, this.machine, what => trace.note('ORACLE', what))
		for (const outage of outages) clock.after(outage.fromMs, () => this.#beginOutage(outage))
		clock.after(healedAtMs, () => this.#heal())
	}

	/** How many there are of the first file. */
	get mirrors(): number {
		return this.#scenario.mirrors?.length ?? 0
	}

	newProcess({ maxPerHost, blocks, limitBytesPerSecond }: Wish): SimulatedProcess {
		const name = `p${this.#processes.length + 1}`
		const { chance, origin, network } = this.#scenario
		const process: SimulatedProcess = new SimulatedProcess({
			name,
			clock: this.clock,
			random: seeded(chance + 10 + this.#processes.length),
			network: {
				server: this.origin,
				line: this.#line,
				load: this.#load,
				connectMs: origin.connectMs,
				settlesAfterMs: network.settlesAfterMs,
				listener: listenTo(name, this),
			},
			mount: clock =>
				this.machine.mount(
					clock,
					watch(name, this, call => this.onCall(name, call)),
				),
			maxPerHost,
			blocks,
			limitBytesPerSecond,
			blame: what => this.oracles.blame(`${name}: ${what}`),
		})
		this.#processes.push(process)
		return process
	}

	kill(process: SimulatedProcess): void {
		this.reached.note('kill')
		this.trace.note('world', `${process.name} is killed`)
		this.powerWasCut = false
		process.die()
	}

	cutPower(): void {
		this.trace.note('world', 'the power is cut')
		this.powerWasCut = true
		for (const process of this.#processes) process.die()
		this.machine.powerCut()
		this.oracles.powerWasCut()
	}

	#beginOutage({ manner, toMs }: Outage): void {
		this.trace.note('world', `the network is gone until ${toMs} ms (${manner})`)
		this.reached.note('outage')
		if (manner === 'reset') for (const process of this.#processes) if (process.alive) process.transport.breakAll()
	}

	#heal(): void {
		this.trace.note('world', 'all is well from here on')
		this.origin.healed = true
		this.machine.healed = true
	}
}
