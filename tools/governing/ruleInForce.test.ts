import { expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import { graceMs, ruleInForce } from './ruleInForce.ts'

const [first, second] = [digestText('first'), digestText('second')]
const hour = 3_600
const adoptions = [
  { digest: first, adoptedAt: 100 * hour },
  { digest: second, adoptedAt: 200 * hour },
  { digest: first, adoptedAt: 300 * hour },
]

test('a rule is in force from its adoption to the next, with ten minutes of grace on both sides, and again when it comes back', () => {
  const at = (digest: typeof first, hours: number, ms = 0) => ruleInForce(adoptions, digest, hours * hour * 1_000 + ms)
  expect([at(first, 150), at(second, 150), at(second, 250), at(first, 250), at(first, 400)]).toEqual([
    true,
    false,
    true,
    false,
    true,
  ])
  expect([at(first, 200, graceMs), at(first, 200, graceMs + 1)]).toEqual([true, false])
  expect([at(second, 200, -graceMs), at(second, 200, -graceMs - 1)]).toEqual([true, false])
  expect([at(first, 100, -graceMs - 1), at(digestText('never'), 150)]).toEqual([false, false])
})
