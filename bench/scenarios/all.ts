import { fullSpeed } from './full-speed.ts'
import { hostCap } from './host-cap.ts'
import { kindsOfLine } from './kinds-of-line.ts'
import { manyFiles } from './many-files.ts'
import { memory } from './memory.ts'
import { mirrors } from './mirrors.ts'
import { perConnection } from './per-connection.ts'
import { resumed } from './resumed.ts'
import type { Scenario } from './scenario.ts'
import { sharedLine } from './shared-line.ts'
import { slowConnections } from './slow-connections.ts'
import { smallFile } from './small-file.ts'
import { stalled } from './stalled.ts'
import { verified } from './verified.ts'

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
	...perConnection,
	...sharedLine,
	...slowConnections,
	...hostCap,
	...stalled,
	...mirrors,
	...smallFile,
	...kindsOfLine,
	...resumed,
	...fullSpeed,
	...manyFiles,
	...verified,
	...memory,
]
