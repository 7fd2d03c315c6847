import { ranges } from './behaviours/ranges.ts'
import { playAll } from './catalogue.ts'

playAll('A. Range semantics', ranges)
