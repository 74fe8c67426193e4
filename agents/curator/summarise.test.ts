import { expect, test } from 'vitest'
import { digestOf } from '../../kernel/index.ts'
import { decisionsOf, unattended } from './review.ts'
import { summarise, type Batch, type Duplicates } from './summarise.ts'

const batch = (from: number, checked: number, rejected: number): Batch => ({
  from,
  checked,
  rejected,
  uncertain: 0,
  byRule: rejected > 0 ? { 'pii/e-mail': rejected } : {},
  decisions: digestOf(from),
})
const batches = [batch(0, 4, 1), batch(4, 5, 1)]
const duplicates: Duplicates = {
  checked: 5,
  duplicates: 2,
  byRule: { 'duplicate/near': 2 },
  decisions: digestOf('left'),
}
const uncertain = [1, 2].map((n) => ({ sample: digestOf(n), rule: 'pii/name', reason: 'a name?' }))

test('counts 1 + 1 rejected, 2 of 5 duplicates and 2 that were refused in review to 3 accepted and 6 rejected of 9', () => {
  const decisions = unattended(uncertain)
  const reviewed = { decisions, digest: digestOf(decisions) }
  const summary = summarise(9, { batches, duplicates, reviewed })
  expect(summary).toMatchObject({ accepted: 3, rejected: 6 })
  expect(summary.byRule).toEqual({ 'pii/e-mail': 2, 'duplicate/near': 2, 'review/unattended': 2 })
  const alone = summarise(7, { batches, duplicates, reviewed: { decisions: [] } })
  expect(alone).toMatchObject({ accepted: 3, rejected: 4 })
  expect(alone.decisions).not.toBe(summary.decisions)
})

test('refuses to sum up when a sample of 8 was not decided on', () => {
  const uncounted = expect.objectContaining({
    code: 'curator/uncounted',
    facts: { samples: 8, accepted: 3, rejected: 4 },
  })
  expect(() => summarise(8, { batches, duplicates, reviewed: { decisions: [] } })).toThrow(uncounted)
})

test('takes an answer with one verdict for each sample in any order, and names what is wrong with any other', () => {
  const [a, b] = uncertain.map(({ sample }) => ({ sample, verdict: 'accept' as const, reason: 'fine' }))
  expect(decisionsOf(uncertain, [b, a])).toMatchObject([
    { sample: a!.sample, rule: 'review/person' },
    { sample: b!.sample },
  ])
  for (const wrong of [
    undefined,
    'yes',
    [a],
    [a, b, b],
    [a, b, { ...a, sample: digestOf(3) }],
    [a, { ...b, reason: '' }],
  ]) {
    expect(decisionsOf(uncertain, wrong)).toMatchObject({ problem: expect.stringMatching(/.{5}/) })
  }
})
