import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestGateway, type TestGateway } from '../gateway/testing/openTestGateway.ts'
import { canonicalBytes, digestString, type Digest } from '../kernel/index.ts'
import { attributionOf, getAdapter, getReceipt } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { runTool, type BoundTool, type ToolContext } from '../tools/index.ts'
import { finishUnroll, planUnroll, retrainPayee } from '../tools/definitions.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { retrainingWords } from './retraining/retrainingWords.ts'

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

async function retrain(receipt: Digest, payee: string) {
  const done: number[] = []
  for (;;) {
    const found = retrainPayee.output.parse(await call('retrain_payee', { receipt, payee }))
    if (found.report !== null) return { done, of: found.of, report: found.report }
    done.push(found.done)
  }
}

test('retrained without a payee and its group, the group has the committed bytes, and its effect is the one that was paid', async () => {
  const { payees, groups } = await attributionOf(ctx.store, { receipt: receipts[0]! })
  const { payee } = payees[0]!
  const { done, of, report } = await retrain(receipts[0]!, payee)
  expect(done.at(-1)).toBe(of)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  expect(report).toMatchObject({ same: true, adapter, committed: report.retrained })
  expect(report.groupPayees).toContain(payee)
  expect(report.ofGroup.attributedMicroNats).toBe(groups.find(({ group }) => group === report.group)?.scoreMicroNats)
  expect(report.ofGroup.measuredMicroNats).not.toBe(0)
  expect(report.ofPayee.measuredMicroNats).not.toBe(report.ofGroup.measuredMicroNats)
  expect(retrainingWords(payee, report).join(' ')).toContain('has the committed bytes')
})

test('a counterfactual adapter that was replaced on the card does not pass, and a payee without samples is refused', async () => {
  const { payees } = await attributionOf(ctx.store, { receipt: receipts[0]! })
  const stored = await getAdapter(ctx.store, { digest: adapter })
  const card = JSON.parse(new TextDecoder().decode(await ctx.blobs.get(stored.cardDigest))) as {
    counterfactuals: string[]
  }
  // Both groups' entries are the first one's: what an operator would write who trained one group only.
  const forged = await ctx.blobs.put(
    canonicalBytes({ ...card, counterfactuals: card.counterfactuals.map(() => card.counterfactuals[0]) }),
  )
  await ctx.store.db.execute(sql`update adapters set card_digest = ${forged} where digest = ${adapter}`)
  const reports = []
  for (const payee of [payees[0]!.payee, payees.at(-1)!.payee])
    reports.push((await retrain(receipts[0]!, payee)).report)
  await ctx.store.db.execute(sql`update adapters set card_digest = ${stored.cardDigest} where digest = ${adapter}`)
  for (const { group, same } of reports) expect(same).toBe(group === 0)
  await expect(retrain(receipts[0]!, 'npm:nobody')).rejects.toEqual(code('tools/payee-without-samples'))
})

test('a path that was changed does not lead to the adapter, and an adapter without a path has none: both are refused', async () => {
  const { files } = await getAdapter(ctx.store, { digest: adapter })
  const setPath = (blob: Digest) =>
    ctx.store.db.execute(sql`update adapter_files set blob = ${blob} where adapter = ${adapter} and role = 'path'`)
  const bytes = Uint8Array.from(await ctx.blobs.get(files['path'] as Digest))
  // The last number of the last batch gradient.
  bytes[bytes.length - 2]! ^= 0x40
  await setPath(await ctx.blobs.put(bytes))
  await expect(plan({ receipt: receipts[0] })).rejects.toEqual(code('tools/not-replayable'))
  await setPath(await ctx.blobs.put(bytes.subarray(0, -4)))
  await expect(plan({ receipt: receipts[0] })).rejects.toEqual(code('models/path-changed'))
  await ctx.store.db.execute(sql`delete from adapter_files where adapter = ${adapter} and role = 'path'`)
  await expect(plan({ receipt: receipts[0] })).rejects.toEqual(code('tools/not-replayable'))
})
