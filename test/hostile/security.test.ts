import { security } from './behaviours/security.ts'
import { playAll } from './catalogue.ts'

playAll('H. Security', security)
