import { framing } from './behaviours/framing.ts'
import { playAll } from './catalogue.ts'

playAll('C. Framing and coding', framing)
