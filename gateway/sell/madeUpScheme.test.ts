import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodePayload, type PaymentPayload, type PaymentScheme } from '../../chain/index.ts'
import { digestText, type Address, type Digest } from '../../kernel/index.ts'
import { getPayment, getReceipt, unfinishedPayments } from '../../store/index.ts'
import { chatRequest, feeOf, quoteFor, settleAnswered, type ToolContext } from '../../tools/index.ts'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { createSeller } from './createSeller.ts'

let edges: TestContext
beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
})
afterAll(() => edges.close())

const payer = `0x${'5a'.repeat(20)}` as Address

/** Promises on paper: no chain, no signature. It proves that the seller knows nothing of either. */
function paper(leaves: PaymentScheme['leaves']) {
  const moved: bigint[] = []
  const scheme: PaymentScheme = {
    id: `paper-${leaves}`,
    leaves,
    charges: 'made',
    requirements: ({ amountWei }) => ({
      scheme: `paper-${leaves}`,
      network: 'eip155:31337',
      asset: payer,
      amount: String(amountWei),
      payTo: payer,
      maxTimeoutSeconds: 60,
      extra: {},
    }),
    decode: (payload) => ({
      payer,
      nonce: payload.payload['nonce'] as Digest,
      amountWei: BigInt(payload.accepted.amount),
      payTo: payer,
      asset: payer,
      network: payload.accepted.network,
      scheme: `paper-${leaves}`,
      validAfter: 0n,
      validBefore: 4_000_000_000n,
      payload,
    }),
    verify: async () => undefined,
    settle: async (_, amountWei) => {
      moved.push(amountWei)
      return { tx: digestText('ink'), block: 1, sent: true }
    },
    told: async ({ feeWei }) => ({ chargedAmount: String(feeWei) }),
  }
  return { scheme, moved }
}

/** An engine that stops after four tokens, whatever is allowed. */
const brief = (answers: ToolContext['answers']): ToolContext['answers'] => ({
  ...answers,
  generate: (request) => answers.generate({ ...request, maxTokens: Math.min(4, request.maxTokens) }),
})

async function order(ctx: ToolContext, content: string) {
  const messages = [{ role: 'user', content }]
  const request = chatRequest.parse({ model: 'rivers', messages, max_tokens: 9 })
  const { feeWei, promptIds } = await quoteFor(request, ctx)
  const accepted = ctx.schemes[0]!.requirements({ amountWei: feeWei })
  const payload = { x402Version: 2, accepted, payload: { nonce: digestText(content) } } as unknown as PaymentPayload
  return { request, payment: decodePayload(payload, ctx.schemes), feeWei, promptTokens: promptIds.length }
}

test.each(['settled', 'answered'] as const)(
  'a scheme of our making whose answers leave when %s is sold, charged for what was made, and settled once',
  async (leaves) => {
    const { scheme, moved } = paper(leaves)
    const ctx = { ...edges.ctx, answers: brief(edges.ctx.answers), schemes: [scheme] }
    const { request, payment, feeWei, promptTokens } = await order(ctx, `paper ${leaves}?`)
    const seller = createSeller(ctx)
    const sold = await seller.sell(request, payment)
    const { receipt } = await getReceipt(ctx.store, { id: sold.receipt })
    const madeWei = feeOf(ctx.prices, { promptTokens, maxTokens: receipt.completionTokens })

    expect(receipt).toMatchObject({ scheme: scheme.id, feeWei: String(madeWei) })
    expect(madeWei).toBeLessThan(feeWei)
    expect(sold).toMatchObject({ feeWei: madeWei, extra: { chargedAmount: String(madeWei) } })
    const stored = await getPayment(ctx.store, payment)
    expect(stored).toMatchObject({ state: leaves, scheme: scheme.id, feeWei: madeWei, maxWei: feeWei })
    expect(await seller.sell(request, payment)).toEqual(sold)
    // What waits for its batch is no leftover of a crash.
    expect(await seller.recover()).toEqual({ settled: 0, failed: 0, refunded: 0, left: 0 })
    expect(moved).toEqual(leaves === 'settled' ? [madeWei] : [])

    await settleAnswered(ctx, await getPayment(ctx.store, payment))
    await settleAnswered(ctx, await getPayment(ctx.store, payment))
    expect(moved).toEqual([madeWei])
    expect(await getPayment(ctx.store, payment)).toMatchObject({ state: 'settled', settlementTx: digestText('ink') })
    expect(await unfinishedPayments(ctx.store, {})).toEqual([])
  },
)

test('a payment by a scheme that is off is payment/wrong-scheme and names what is taken', async () => {
  const { payment } = await order({ ...edges.ctx, schemes: [paper('settled').scheme] }, 'off?')
  expect(() => decodePayload(payment.payload, edges.ctx.schemes)).toThrowError(
    expect.objectContaining({
      code: 'payment/wrong-scheme',
      facts: { taken: ['exact', 'upto', 'batch-settlement'], got: 'paper-settled' },
    }),
  )
})
