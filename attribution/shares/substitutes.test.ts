import { expect, test } from 'vitest'
import type { PayeeId } from '../../kernel/index.ts'
import { sampledSemivalue, type CoalitionLoss } from './sampledSemivalue.ts'
import { substituteTerm } from './substituteTerm.ts'

const [a, b, c] = ['npm:a', 'npm:b', 'npm:c'] as PayeeId[]
const scores = [
  { payee: a!, scoreMicroNats: 4 },
  { payee: b!, scoreMicroNats: -1 },
  { payee: c!, scoreMicroNats: 50 },
]
const values = (found: readonly { scoreMicroNats: number }[]) => found.map(({ scoreMicroNats }) => scoreMicroNats)

test('two who are worth 100 together and 4 and -1 alone get the 96 more: the first of them, or both by what they had', () => {
  const group = { payees: [b!, a!], scoreMicroNats: 100 }
  expect(values(substituteTerm(scores, [group]))).toEqual([4, 95, 50])
  expect(values(substituteTerm(scores, [group], 'together'))).toEqual([100, -1, 50])
  const nobodys = scores.map((score) => ({ ...score, scoreMicroNats: 0 }))
  expect(values(substituteTerm(nobodys, [group], 'together'))).toEqual([50, 50, 0])
})

test('a group that is worth no more than its members changes nothing; a payee in two groups is refused', () => {
  expect(substituteTerm(scores, [{ payees: [a!, c!], scoreMicroNats: 54 }])).toEqual(scores)
  const twice = [
    { payees: [a!], scoreMicroNats: 9 },
    { payees: [a!, b!], scoreMicroNats: 9 },
  ]
  expect(() => substituteTerm(scores, twice)).toThrow(expect.objectContaining({ code: 'attribution/substitutes' }))
  expect(() => substituteTerm(scores, [{ payees: ['npm:d' as PayeeId], scoreMicroNats: 1 }])).toThrow(
    expect.objectContaining({ code: 'attribution/substitutes' }),
  )
})

test('over all coalitions two perfect substitutes of worth 8 are worth 4 each, a third of worth 2 stays 2, a dummy 0', () => {
  const all: CoalitionLoss[] = Array.from({ length: 16 }, (_, bits) => {
    const kept = new Set([0, 1, 2, 3].filter((payee) => (bits >> payee) & 1))
    return { kept, lossNats: [10 - (kept.has(0) || kept.has(1) ? 8 : 0) - (kept.has(2) ? 2 : 0)] }
  })
  expect(sampledSemivalue(all, 4)).toEqual([[4], [4], [2], [0]])
  expect(() => sampledSemivalue(all.slice(0, 1), 4)).toThrow(
    expect.objectContaining({ code: 'attribution/coalitions' }),
  )
})
