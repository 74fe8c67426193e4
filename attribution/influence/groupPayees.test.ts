import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestText, type PayeeId } from '../../kernel/index.ts'
import { groupPayees } from './groupPayees.ts'

const payeesOf = (n: number) => Array.from({ length: n }, (_, i) => `npm:package-${i}` as PayeeId)
const seed = digestText('a block after the freeze')

test('any set of payees is partitioned into min(k, payees) groups whose sizes differ by at most 1, whatever its order (500 cases)', () => {
  fc.assert(
    fc.property(
      fc.nat(90),
      fc.integer({ min: 1, max: 64 }),
      fc.string(),
      fc.infiniteStream(fc.nat()),
      (n, k, text, keys) => {
        const payees = payeesOf(n)
        const drawn = digestText(text)
        const groups = groupPayees({ seed: drawn, payees, k })
        expect(groups.length).toBe(Math.min(k, n))
        expect(groups.flat().toSorted()).toEqual(payees.toSorted())
        const sizes = groups.map((group) => group.length)
        if (n > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
        const shuffled = payees.map((payee) => ({ payee, key: keys.next().value! })).toSorted((a, b) => a.key - b.key)
        expect(groupPayees({ seed: drawn, payees: shuffled.map((s) => s.payee), k })).toEqual(groups)
      },
    ),
    { numRuns: 500 },
  )
})

test('the dealing is the one of sha256(seed|payee), and another seed deals otherwise', () => {
  const payees = payeesOf(7)
  const order = payees.toSorted((a, b) => (digestText(`${seed}|${a}`) < digestText(`${seed}|${b}`) ? -1 : 1))
  expect(groupPayees({ seed, payees, k: 3 })).toEqual([
    [order[0], order[3], order[6]],
    [order[1], order[4]],
    [order[2], order[5]],
  ])
  expect(groupPayees({ seed: digestText('another block'), payees, k: 3 })).not.toEqual(
    groupPayees({ seed, payees, k: 3 }),
  )
})

test('64 groups of 3 payees are 3 groups of 1, a payee given twice counts once, and no payee makes no group', () => {
  const payees = payeesOf(3)
  expect(groupPayees({ seed, payees, k: 64 }).map((group) => group.length)).toEqual([1, 1, 1])
  expect(groupPayees({ seed, payees: [...payees, payees[1]!], k: 2 })).toEqual(groupPayees({ seed, payees, k: 2 }))
  expect(groupPayees({ seed, payees: [], k: 2 })).toEqual([])
})

test.each([0, -1, 1.5, Number.NaN])('%d groups are refused', (k) => {
  expect(() => groupPayees({ seed, payees: payeesOf(3), k })).toThrow(
    expect.objectContaining({ code: 'attribution/group-count' }),
  )
})

test('65 groups of 65 payees are over the budget of counterfactual adapters; of 64 payees they are 64', () => {
  expect(() => groupPayees({ seed, payees: payeesOf(65), k: 65 })).toThrow(
    expect.objectContaining({ code: 'attribution/group-budget', facts: { groups: 65, mostGroups: 64 } }),
  )
  expect(groupPayees({ seed, payees: payeesOf(64), k: 65 })).toHaveLength(64)
})
