import { expect, test } from 'vitest'
import { verdictOf } from './sqlmap-run.ts'

const over = 'all tested parameters do not appear to be injectable. Try to increase values'
const suspicion = "parameter 'JSON #3*' appears to be 'AND boolean-based blind' injectable"
const withdrawn = 'false positive or unexploitable injection point detected'
const hole = "parameter 'JSON email' is vulnerable. Do you want to keep testing the others"

test.each([
  ['its end without a finding', [over], 'nothing found'],
  ['a suspicion that it took back', [suspicion, withdrawn, over], 'nothing found'],
  ['a suspicion that stands', [suspicion, hole, '    Type: boolean-based blind'], 'found'],
  ['of two suspicions one that stands', [suspicion, withdrawn, suspicion, over], 'found'],
  ['a hole, whatever it says besides', [hole, over], 'found'],
  ['no end', ['[CRITICAL] unable to connect to the target URL'], 'untested'],
])('of sqlmap counts how it ends: %s', (_what, lines, outcome) => {
  expect(verdictOf(lines.join('\n')).outcome).toBe(outcome)
})
