import { expect, test } from 'vitest'
import { digestOf } from '../../kernel/index.ts'
import { decisionsOf, unattended } from './review.ts'
import { summarise, type Batch } from './summarise.ts'

const batch = (from: number, accepted: number, rejected: number, uncertain = 0): Batch => ({
  from,
  checked: accepted + rejected + uncertain,
  accepted,
  rejected,
  uncertain,
  byRule: rejected > 0 ? { 'pii/e-mail': rejected } : {},
  decisions: digestOf(from),
})
const uncertain = [1, 2].map((n) => ({ sample: digestOf(n), rule: 'pii/name', reason: 'a name?' }))

test('adds 3 + 2 accepted and 1 + 1 rejected to 5 and 2, and counts the reviewed ones once', () => {
  const batches = [batch(0, 3, 1), batch(4, 2, 1)]
  expect(summarise(7, batches, undefined)).toMatchObject({ accepted: 5, rejected: 2, byRule: { 'pii/e-mail': 2 } })
  const decisions = unattended(uncertain)
  const reviewed = { decisions, digest: digestOf(decisions) }
  expect(summarise(9, batches, reviewed)).toMatchObject({
    accepted: 5,
    rejected: 4,
    byRule: { 'review/unattended': 2 },
  })
  expect(summarise(9, batches, reviewed).decisions).not.toBe(summarise(7, batches, undefined).decisions)
})

test('refuses to sum up when a sample of 8 was not decided on', () => {
  expect(() => summarise(8, [batch(0, 3, 4)], undefined)).toThrow(
    expect.objectContaining({ code: 'curator/uncounted' }),
  )
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
