import { flow } from './behaviours/flow.ts'
import { playAll } from './catalogue.ts'

playAll('D. Status and flow', flow)
