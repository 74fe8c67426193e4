import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodePayment, paymentRequirements } from '../../chain/index.ts'
import { digestText, type Digest, type ExternalStamp } from '../../kernel/index.ts'
import { attributionOf, getReceipt } from '../../store/index.ts'
import { boundTools } from '../../tools/boundTools.ts'
import { chatRequest, quoteFor, runTool, type BoundTool, type ToolContext } from '../../tools/index.ts'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { signPayment } from '../testing/signPayment.ts'
import { createSeller } from './createSeller.ts'

let edges: TestContext
let adapter: Digest
beforeAll(async () => {
  edges = await openTestContext()
  ;({ adapter } = await trainTinyModel(edges.ctx))
})
afterAll(() => edges.close())

/** The stamp of an engine of others, over answers that ours makes: what is tested is what becomes of such answers. */
function external(): { ctx: ToolContext; stamp: ExternalStamp } {
  const { answers, engine } = edges.ctx
  const stamp: ExternalStamp = {
    mode: 'external',
    engine: 'vllm',
    version: '0.32.0',
    base: 'tiny',
    baseRevision: engine.base.digest,
    adapter,
    dtype: 'bfloat16',
    tokens: 'reported',
  }
  const generate: typeof answers.generate = async (request) => ({ ...(await answers.generate(request)), stamp })
  return { ctx: { ...edges.ctx, answers: { ...answers, generate } }, stamp }
}

const call = (name: string, input: unknown) =>
  runTool(boundTools.find(({ definition }) => definition.name === name) as BoundTool, input, {
    ...edges.ctx,
    call: { face: 'test', effectKey: `external/${name}/${digestText(JSON.stringify(input))}` },
  })

test('an answer of an engine of others is sold, attributed by our gradients, and audited as not reproducible: 11 checks pass', async () => {
  const { ctx, stamp } = external()
  const request = chatRequest.parse({ model: 'rivers', messages: [{ role: 'user', content: 'Elbe?' }], max_tokens: 8 })
  const { feeWei } = await quoteFor(request, ctx)
  const header = await signPayment(ctx.keys.buyer, paymentRequirements(ctx.chain, { amountWei: feeWei }))
  const payment = decodePayment((name) => (name === 'PAYMENT-SIGNATURE' ? header : undefined), ctx.schemes)
  const { receipt } = await createSeller(ctx).sell(request, payment)
  expect((await getReceipt(ctx.store, { id: receipt })).receipt).toMatchObject({
    engine: stamp,
    adapter,
    base: ctx.engine.base.digest,
  })

  await edges.workflows.result(`attribute/${receipt}`)
  const { groups } = await attributionOf(ctx.store, { receipt })
  expect(groups.some(({ scoreMicroNats }) => scoreMicroNats !== 0)).toBe(true)
  const { verdict, checks } = (await call('audit', { receipt })) as {
    verdict: string
    checks: { check: string; pass: boolean; judged?: boolean; detail: string }[]
  }
  expect(verdict).toBe('NOT_REPRODUCIBLE')
  expect(checks).toHaveLength(12)
  const unjudged = checks.filter(({ judged }) => judged === false)
  expect(unjudged).toMatchObject([{ check: 'answer regenerated', pass: true }])
  expect(unjudged[0]?.detail).toContain('vllm 0.32.0')
})
