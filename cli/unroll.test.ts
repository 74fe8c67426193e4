import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestGateway, type TestGateway } from '../gateway/testing/openTestGateway.ts'
import { digestString, type Digest } from '../kernel/index.ts'
import { getReceipt } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { runTool, type BoundTool, type ToolContext } from '../tools/index.ts'
import { finishUnroll, planUnroll } from '../tools/definitions.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../tools/testing/trainTinyModel.ts'

let edges: TestContext
let ctx: ToolContext
let gateway: TestGateway
let adapter: Digest
const receipts: Digest[] = []
beforeAll(async () => {
  edges = await openTestContext()
  ctx = edges.ctx
  gateway = await openTestGateway(ctx, boundTools)
  edges.setGatewayUrl(gateway.url)
  ;({ adapter } = await trainTinyModel(ctx))
  for (const water of ['Danube', 'Volga', 'Tagus']) {
    const messages = [{ role: 'user', content: `What floods the ${water}?` }]
    const { receipt } = await call('ask', { model: tinyDatanet, messages, max_tokens: 8 })
    receipts.push(digestString.parse(receipt))
  }
  await call('close_epoch', {})
})
afterAll(async () => {
  await gateway.close()
  await edges.close()
})

let calls = 0
function call(name: string, input: object, over: Partial<ToolContext> = {}): Promise<Record<string, unknown>> {
  const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
  return runTool(tool, input, { ...ctx, ...over, call: { face: 'test', effectKey: `test/${calls++}`, ...over.call } })
}
const plan = async (input: object) => planUnroll.output.parse(await call('plan_unroll', input))
async function unroll(input: object) {
  const id = `unroll/${calls++}`
  await ctx.workflows.start('unroll', id, [input])
  const { scores, ...rest } = finishUnroll.output.parse(await ctx.workflows.result(id))
  const bytes = await ctx.blobs.get(scores)
  return { ...rest, digest: scores, scores: new Float64Array(Uint8Array.from(bytes).buffer) }
}

test('one answer is unrolled over all 16 samples, summed by payee, and a second time to the same bytes', async () => {
  const first = await unroll({ receipt: receipts[0] })
  expect(first.scores).toHaveLength(16)
  expect(first.scores.every(Number.isFinite)).toBe(true)
  expect(first.scores.some((score) => Math.abs(score) > 1e-5)).toBe(true)
  const all = first.scores.reduce((sum, score) => sum + score, 0)
  const byPayee = first.payees.reduce((sum, { scoreMicroNats }) => sum + scoreMicroNats, 0)
  expect(Math.abs(byPayee - 1e6 * all)).toBeLessThanOrEqual(first.payees.length)
  expect(first.payees.reduce((sum, { samples }) => sum + samples, 0)).toBe(16)
  expect((await unroll({ receipt: receipts[0], adapter })).digest).toBe(first.digest)
})

test('an epoch’s scores are the mean of its 3 answers’ scores by their fees, to 1 in 200', async () => {
  const epoch = await unroll({ adapter, epoch: 1 })
  const { answers } = await plan({ adapter, epoch: 1 })
  expect(answers).toBe(3)
  const singles = await Promise.all(receipts.map((receipt) => unroll({ receipt })))
  const fees = await Promise.all(
    receipts.map(async (id) => Number((await getReceipt(ctx.store, { id })).receipt.feeWei)),
  )
  const total = fees.reduce((sum, fee) => sum + fee, 0)
  const mean = epoch.scores.map((_, i) =>
    singles.reduce((sum, { scores }, q) => sum + scores[i]! * (fees[q]! / total), 0),
  )
  const apart = Math.hypot(...epoch.scores.map((score, i) => score - mean[i]!))
  expect(apart).toBeLessThan(Math.hypot(...mean) / 200)
})

const code = (of: string): unknown => expect.objectContaining({ code: of })

test('an answer of another adapter, an epoch without answers, an unknown receipt and half an input are refused', async () => {
  const nowhere = `0x${'ab'.repeat(32)}`
  await expect(plan({ receipt: receipts[0], adapter: nowhere })).rejects.toEqual(code('tools/other-adapter'))
  await expect(plan({ adapter, epoch: 7 })).rejects.toEqual(code('tools/nothing-to-unroll'))
  await expect(plan({ receipt: nowhere })).rejects.toEqual(code('store/not-found'))
  for (const half of [{ adapter }, { epoch: 1 }, {}, { receipt: receipts[0], adapter, epoch: 1 }])
    await expect(plan(half)).rejects.toEqual(code('tools/input'))
})
