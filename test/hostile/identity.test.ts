import { identity } from './behaviours/identity.ts'
import { playAll } from './catalogue.ts'

playAll('B. Identity', identity)
