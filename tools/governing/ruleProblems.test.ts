import { expect, test } from 'vitest'
import { defaultRevenueRule } from '../../attribution/index.ts'
import { readRule, requireRule } from './ruleProblems.ts'
import { ruleChanges } from './ruleChanges.ts'

const ceilings = { treasuryPpm: 300_000, operatorsPpm: 400_000 }
const fieldsOf = (document: unknown) => readRule(document, ceilings).problems.map(({ field }) => field)

test('the default rule, and one of version 1, 3 or 4, have no problems', () => {
  const { treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm } = defaultRevenueRule
  const parts = { treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm, noiseFloorMicroNats: 0 }
  const first = { v: 1, ...parts, shareRule: 'positive-per-payee/1' }
  const capped = { ...defaultRevenueRule, v: 3, payeeCapPpm: 500_000 }
  const byProvenance = { ...capped, v: 4, provenanceRule: 'verbatim-provenance/1' }
  for (const rule of [defaultRevenueRule, first, capped, byProvenance])
    expect(readRule(rule, ceilings)).toEqual({ rule, problems: [] })
})

test.each([
  ['a part that is text', { treasuryPpm: 'all' }, ['treasuryPpm']],
  ['a part over the whole', { serverPpm: 1_000_001 }, ['serverPpm']],
  ['a cap of nothing', { v: 3, payeeCapPpm: 0 }, ['payeeCapPpm']],
  ['version 3 without its cap', { v: 3 }, ['payeeCapPpm']],
  ['a version that nobody knows', { v: 5 }, ['v']],
  ['version 4 without its provenance rule', { v: 4, payeeCapPpm: 1_000_000 }, ['provenanceRule']],
  [
    'a provenance rule that nobody knows',
    { v: 4, payeeCapPpm: 1_000_000, provenanceRule: 'influence/1' },
    ['provenanceRule'],
  ],
  ['provenance under a version that has none', { provenanceRule: 'verbatim-provenance/1' }, ['provenanceRule']],
  ['a field that its version does not have', { payeeCapPpm: 100_000 }, ['payeeCapPpm']],
  ['parts of 999,999 ppm', { treasuryPpm: 49_999 }, ['treasuryPpm, serverPpm, modelOwnerPpm, contributorsPpm']],
  ['a treasury over its ceiling', { treasuryPpm: 300_001, contributorsPpm: 449_999 }, ['treasuryPpm']],
  ['operators over theirs', { serverPpm: 300_001, contributorsPpm: 549_999 }, ['serverPpm, modelOwnerPpm']],
  ['a share rule that nobody knows', { shareRule: 'equal/1' }, ['shareRule']],
  ['a share rule that asks for samples', { shareRule: 'affine-per-sample/1' }, ['shareRule']],
])('%s is named by its field', (_, change, fields) => {
  expect(fieldsOf({ ...defaultRevenueRule, ...change })).toEqual(fields)
  expect(() => requireRule({ ...defaultRevenueRule, ...change }, ceilings)).toThrow(
    expect.objectContaining({ code: 'tools/rule' }),
  )
})

test('changes name the fields with both values, also one that only one of two rules has', () => {
  expect(ruleChanges(defaultRevenueRule, defaultRevenueRule)).toEqual([])
  const rule = requireRule({ ...defaultRevenueRule, v: 3, payeeCapPpm: 500_000, noiseFloorMicroNats: 9 })
  expect(ruleChanges(defaultRevenueRule, rule)).toEqual([
    { field: 'v', from: '2', to: '3' },
    { field: 'noiseFloorMicroNats', from: '0', to: '9' },
    { field: 'payeeCapPpm', from: 'absent', to: '500000' },
  ])
})
