import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { evidenceSchema } from '../tools/evaluating/evaluationPlan.ts'
import { getAdapter } from '../store/index.ts'
import { boundTools } from '../tools/boundTools.ts'
import { evaluateAdapter, planEvaluation } from '../tools/definitions.ts'
import { runTool, type BoundTool, type ToolContext } from '../tools/index.ts'
import { openTestContext, type TestContext } from '../tools/testing/openTestContext.ts'
import { tinyDatanet, trainTinyModel } from '../tools/testing/trainTinyModel.ts'
import { evidenceWords } from './evaluating/evidenceWords.ts'

let edges: TestContext
let ctx: ToolContext
let adapter: Awaited<ReturnType<typeof trainTinyModel>>['adapter']
beforeAll(async () => {
  edges = await openTestContext()
  ctx = edges.ctx
  ;({ adapter } = await trainTinyModel(ctx))
})
afterAll(async () => edges.close())

let calls = 0
function call(name: string, input: object): Promise<Record<string, unknown>> {
  const tool = boundTools.find(({ definition }) => definition.name === name) as BoundTool
  return runTool(tool, input, { ...ctx, call: { face: 'test', effectKey: `test/${calls++}` } })
}
const wish = { fractionPpm: 130_000, masks: 12, queries: 2, checks: 1, seed: 3 }

test('an adapter is evaluated by 16 real trainings, and its unroll orders what removing 2 of 16 samples does', async () => {
  const found = evaluateAdapter.output.parse(await call('evaluate_adapter', { model: tinyDatanet, ...wish }))
  const [unroll, quick] = found.methods
  expect(found).toMatchObject({ adapter, samples: 16, masks: 12, queries: 2 })
  expect([unroll!.method, quick!.method]).toEqual(['unroll/1', 'hessian-free/1'])
  // A training of two steps of a random model, by 12 masks: coarse, but far from chance and from the other sign.
  expect(unroll!.ldsPpm).toBeGreaterThan(600_000)
  expect(unroll!.lower90Ppm).toBeLessThanOrEqual(unroll!.ldsPpm)
  const { files } = await getAdapter(ctx.store, { digest: adapter })
  expect(Object.entries(files)).toContainEqual([`evidence/${found.evaluation.slice(2, 18)}`, found.evidence])
  const whole = evidenceSchema.parse(JSON.parse(new TextDecoder().decode(await ctx.blobs.get(found.evidence))))
  expect(whole.points).toHaveLength(2 * 12)
  expect(whole.points.filter(({ actualNano }) => actualNano !== 0).length).toBeGreaterThan(20)
  const [check] = found.checks
  expect(check!.removed).toBe(2)
  expect(check!.topMicroNats).toBeGreaterThan(check!.randomMicroNats)
  const svg = readFileSync(found.picture, 'utf8')
  expect(svg.match(/<circle/g)).toHaveLength(24)
  expect(evidenceWords(found).join('\n')).toContain('unroll/1')
})

test('the same wish is the same plan and the same bytes of evidence; another seed is another plan', async () => {
  const plan = async (seed: number) =>
    planEvaluation.output.parse(await call('plan_evaluation', { adapter, ...wish, seed }))
  const [first, again, other] = [await plan(3), await plan(3), await plan(4)]
  expect(again).toEqual(first)
  expect(other.evaluation).not.toBe(first.evaluation)
  expect(first.pieces.at(-1)!.to).toBe(first.trainings)
  const evaluate = async () => {
    const id = `evaluate/${calls++}`
    await ctx.workflows.start('evaluate', id, [{ adapter, ...wish, masks: 3, checks: 0 }])
    return ctx.workflows.result(id)
  }
  expect(await evaluate()).toEqual(await evaluate())
})

test('an unknown adapter, more samples removed than there are, and more queries than held-out texts are refused', async () => {
  const code = (of: string): unknown => expect.objectContaining({ code: of })
  await expect(call('evaluate_adapter', { model: 'nobody' })).rejects.toEqual(code('models/unknown-model'))
  await expect(call('plan_evaluation', { adapter, queries: 64 })).rejects.toEqual(code('tools/evaluation-size'))
  await expect(call('plan_evaluation', { adapter, queries: 1, checks: 2 })).rejects.toEqual(
    code('tools/evaluation-size'),
  )
  await expect(call('plan_evaluation', { adapter, fractionPpm: 0 })).rejects.toEqual(code('tools/input'))
})
