import { machine } from './behaviours/machine.ts'
import { playAll } from './catalogue.ts'

playAll('F. Local machine', machine)
