import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultRevenueRule } from '../../attribution/index.ts'
import { digestText, revenueRuleSchema, weiString } from '../../kernel/index.ts'
import { chooseForms, type AnswerToScore } from './chooseForms.ts'

const rule = revenueRuleSchema.parse({
  ...defaultRevenueRule,
  v: 2,
  exactGroups: 16,
  exactFeeWei: weiString.parse('1000'),
  exactSample: 3,
})
const { treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm, noiseFloorMicroNats } = defaultRevenueRule
const parts = { treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm, noiseFloorMicroNats }
const old = revenueRuleSchema.parse({ v: 1, ...parts, shareRule: 'positive-per-payee/1' })
const seed = digestText('block')
const answer = (name: string, groups: number, feeWei: bigint): AnswerToScore => ({
  receipt: digestText(name),
  feeWei,
  groups,
  rule,
})
const exact = (answers: AnswerToScore[], by = seed) =>
  [...chooseForms(answers, by)].flatMap(([receipt, form]) => (form === 'forward' ? [receipt] : []))

test('16 groups, or a fee of 1,000 wei, are scored exactly; 17 groups at 999 wei are drawn: 3 of 20', () => {
  const many = Array.from({ length: 20 }, (_, i) => answer(`many ${i}`, 17, 999n))
  const few = answer('few', 16, 1n)
  const dear = answer('dear', 64, 1000n)
  const chosen = exact([...many, few, dear])
  expect(chosen).toHaveLength(5)
  expect(chosen).toEqual(expect.arrayContaining([few.receipt, dear.receipt]))
  expect(exact(many, digestText('another block')).toSorted()).not.toEqual(exact(many).toSorted())
})

test('the draw depends on no order, and a rule of before this was governed asks for nothing exact (200 runs)', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer(), { maxLength: 30 }), fc.integer({ min: 0, max: 64 }), (names, groups) => {
      const answers = names.map((name) => answer(`${name}`, groups, 5n))
      expect(exact(answers.toReversed()).toSorted()).toEqual(exact(answers).toSorted())
      expect(exact(answers)).toHaveLength(groups <= 16 ? names.length : Math.min(3, names.length))
      expect(exact(answers.map((one) => ({ ...one, rule: old })))).toEqual([])
    }),
    { numRuns: 200 },
  )
})
