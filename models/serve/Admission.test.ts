import { expect, test } from 'vitest'
import { findError } from '../../kernel/index.ts'
import { Admission } from './Admission.ts'

const refusal = (act: () => unknown) => {
  try {
    act()
    return undefined
  } catch (error) {
    return findError(error)
  }
}

test('over 4 requests or 1,000 tokens the answer is models/busy, and a place that is given back is there at once', () => {
  const admission = new Admission({ requests: 4, tokens: 1_000 })
  const places = ['a', 'b', 'c', 'd'].map((payer) => admission.admit({ payer, promptTokens: 100, maxTokens: 100 }))
  expect(refusal(() => admission.admit({ payer: 'e', promptTokens: 1, maxTokens: 1 }))).toMatchObject({
    code: 'models/busy',
    retry: true,
    facts: { open: 4, openTokens: 800, ofThisPayer: 0 },
  })
  places[0]!.release()
  places[0]!.release()
  expect(refusal(() => admission.admit({ payer: 'e', promptTokens: 300, maxTokens: 101 }))?.code).toBe('models/busy')
  admission.admit({ payer: 'e', promptTokens: 300, maxTokens: 100 })
  expect(admission.progress).toMatchObject({ open: 4, openTokens: 1_000 })
})

test('one payer has half of the room; what is owed is let in all the same, and so is a request that is alone', () => {
  const admission = new Admission({ requests: 4, tokens: 1_000 })
  const alone = admission.admit({ payer: 'a', promptTokens: 2_000, maxTokens: 1 })
  expect(refusal(() => admission.admit({ payer: 'b', promptTokens: 1, maxTokens: 1 }))?.code).toBe('models/busy')
  admission.admit({ payer: 'b', promptTokens: 1, maxTokens: 1, owed: true })
  alone.release()
  for (let i = 0; i < 2; i++) admission.admit({ payer: 'a', promptTokens: 1, maxTokens: 1 })
  expect(refusal(() => admission.admit({ payer: 'a', promptTokens: 1, maxTokens: 1 }))).toMatchObject({
    facts: { ofThisPayer: 2, open: 3 },
  })
  admission.admit({ payer: 'c', promptTokens: 1, maxTokens: 1 })
})

test('retryAfterSeconds is the work in the way over the rate of the last window, and idle time counts for nothing', () => {
  let now = 0
  const admission = new Admission({ requests: 10, tokens: 1_000 }, () => now)
  const place = admission.admit({ promptTokens: 0, maxTokens: 900, payer: 'a', owed: true })
  now += 12_000
  place.done(600) // 50 tokens a second
  place.release()
  now += 3_600_000
  expect(admission.progress.tokensPerSecond).toBe(50)
  admission.admit({ promptTokens: 0, maxTokens: 900, payer: 'a', owed: true })
  // 400 of its 500 tokens have no room: 8 seconds of work.
  const busy = refusal(() => admission.admit({ promptTokens: 400, maxTokens: 100, payer: 'b' }))
  expect(busy?.facts['retryAfterSeconds']).toBe(8)
})
