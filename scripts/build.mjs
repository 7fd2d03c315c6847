import { buildAnew, install } from './prepare.mjs'

install()
buildAnew()
