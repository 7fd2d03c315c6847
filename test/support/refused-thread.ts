/** In place of `Worker`, as where the system is at its limit of threads. */
export class RefusedThread {
	/** How many were asked for. */
	static asked = 0

	constructor() {
		RefusedThread.asked += 1
		throw Object.assign(new Error('Worker initialization failure: EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' })
	}
}
