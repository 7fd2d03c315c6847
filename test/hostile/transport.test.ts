import { transport } from './behaviours/transport.ts'
import { playAll } from './catalogue.ts'

playAll('E. Transport', transport)
