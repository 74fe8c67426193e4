import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chatRequest } from '../chatRequest.ts'
import type { ToolContext } from '../context.ts'
import { feeOf } from '../feeOf.ts'
import { run as quote } from '../quote.run.ts'
import { quoteFor } from '../quoteFor.ts'
import { openTestContext, type TestContext } from '../testing/openTestContext.ts'
import { trainTinyModel } from '../testing/trainTinyModel.ts'

let edges: TestContext
let ctx: ToolContext
beforeAll(async () => {
  edges = await openTestContext()
  ctx = edges.ctx
  await trainTinyModel(ctx)
})
afterAll(() => edges.close())

const question = (content: string) =>
  chatRequest.parse({ model: 'rivers', messages: [{ role: 'user', content }], max_tokens: 8 })

test('a fee is the published formula rounded up once, for any prices and counts of tokens', () => {
  const wei = fc.bigInt({ min: 0n, max: 10n ** 24n })
  const tokens = fc.integer({ min: 0, max: 10 ** 6 })
  fc.assert(
    fc.property(wei, wei, wei, tokens, tokens, (platformWei, inputWeiPer1000, outputWeiPer1000, tin, tout) => {
      const fee = feeOf({ platformWei, inputWeiPer1000, outputWeiPer1000 }, { promptTokens: tin, maxTokens: tout })
      const thousandths = 1_000n * platformWei + inputWeiPer1000 * BigInt(tin) + outputWeiPer1000 * BigInt(tout)
      expect(fee * 1_000n >= thousandths && (fee - 1n) * 1_000n < thousandths).toBe(true)
    }),
    { numRuns: 2_000, seed: 4 },
  )
  const prices = { platformWei: 7n, inputWeiPer1000: 10n, outputWeiPer1000: 30n }
  expect(feeOf(prices, { promptTokens: 1, maxTokens: 1 })).toBe(8n)
})

test('a quote holds its price until it expires, for its request alone, whatever the prices are by then', async () => {
  const { quote: id, feeWei, expiresAt } = await quote(question('how much?'), ctx)
  const dear = { ...ctx, prices: { platformWei: 10n ** 18n, inputWeiPer1000: 0n, outputWeiPer1000: 0n } }
  expect((await quoteFor(question('how much?'), dear, id)).feeWei).toBe(BigInt(feeWei))
  expect((await quoteFor(question('how much?'), dear)).feeWei).toBe(10n ** 18n)
  expect((await quote(question('how much?'), ctx)).quote).toBe(id)

  const code = (asked: string, by: string, at: ToolContext = dear) =>
    quoteFor(question(asked), at, by).then(
      () => 'none',
      (error: unknown) => (error as { code: string }).code,
    )
  expect(await code('how much is another?', id)).toBe('payment/quote-unknown')
  const [v, until, , ...rest] = id.split('.')
  expect(await code('how much?', [v, until, '1', ...rest].join('.'))).toBe('payment/quote-unknown')
  expect(await code('how much?', [v, String(Number(until) + 1), ...id.split('.').slice(2)].join('.'))).toBe(
    'payment/quote-unknown',
  )
  expect(await code('how much?', 'q1.x')).toBe('payment/quote-unknown')
  const later = { ...dear, now: () => Date.parse(expiresAt) }
  expect(await code('how much?', id, later)).toBe('payment/quote-expired')
  expect(Date.parse(expiresAt) - ctx.now()).toBeGreaterThan(3_600_000)
})
