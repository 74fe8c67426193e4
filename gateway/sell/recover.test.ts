import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodePayment, readBalance } from '../../chain/index.ts'
import type { Address } from '../../kernel/index.ts'
import { getPayment, markSettled, markSettling, reservePayment } from '../../store/index.ts'
import { boundTools } from '../../tools/boundTools.ts'
import {
  chatRequest,
  quoteFor,
  readPayload,
  runTool,
  schemeOf,
  writePayload,
  type BoundTool,
} from '../../tools/index.ts'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { signPayment } from '../testing/signPayment.ts'
import { createSeller } from './createSeller.ts'

let edges: TestContext
beforeAll(async () => {
  edges = await openTestContext()
  await trainTinyModel(edges.ctx)
})
afterAll(() => edges.close())

const balance = () => readBalance(edges.ctx.chain, edges.ctx.keys.buyer.address as Address)
let calls = 0
const recover = () =>
  runTool(
    boundTools.find(({ definition }) => definition.name === 'recover_payments') as BoundTool,
    {},
    {
      ...edges.ctx,
      call: { face: 'test', effectKey: `recover/${calls++}` },
    },
  )

/** A payment that was reserved and settled, money first, by a process that was killed before it had an answer. */
async function takenWithoutAnswer() {
  const { ctx } = edges
  const request = chatRequest.parse({ model: 'rivers', messages: [{ role: 'user', content: 'lost?' }], max_tokens: 8 })
  const { feeWei } = await quoteFor(request, ctx)
  const scheme = schemeOf(ctx, 'exact')
  const header = await signPayment(ctx.keys.buyer, scheme.requirements({ amountWei: feeWei }))
  const payment = decodePayment((name) => (name === 'PAYMENT-SIGNATURE' ? header : undefined), ctx.schemes)
  const { payer, nonce, asset, payTo } = payment
  await reservePayment(ctx.store, {
    payer,
    nonce,
    asset,
    payTo,
    feeWei,
    request: nonce,
    chainId: ctx.chain.chainId,
    validBeforeMs: Number(payment.validBefore) * 1e3,
    payload: writePayload(payment.payload),
    atMs: ctx.now(),
  })
  await markSettling(ctx.store, { payer, nonce })
  const stored = readPayload(writePayload(payment.payload))
  const { tx } = await scheme.settle({ payer, nonce, payload: stored }, feeWei)
  await markSettled(ctx.store, { payer, nonce, settlementTx: tx as never })
  return { payer, nonce, feeWei }
}

test('money that was taken for an answer that never came goes back once its buyer can come for it no more, once', async () => {
  const before = await balance()
  const { payer, nonce, feeWei } = await takenWithoutAnswer()
  expect(before - (await balance())).toBe(feeWei)
  expect(await recover()).toMatchObject({ refunded: 0, left: 1 })
  edges.shiftClock(3_600_000)
  expect(await recover()).toMatchObject({ refunded: 1, left: 0, channels: { answers: 0 } })
  expect(await recover()).toMatchObject({ refunded: 0, left: 0 })
  edges.shiftClock(0)
  expect(await balance()).toBe(before)
  expect(await getPayment(edges.ctx.store, { payer, nonce })).toMatchObject({ state: 'refunded' })
  await expect(createSeller(edges.ctx).recover()).resolves.toMatchObject({ refunded: 0 })
})
