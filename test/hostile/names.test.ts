import { names } from './behaviours/names.ts'
import { playAll } from './catalogue.ts'

playAll('G. File names', names)
