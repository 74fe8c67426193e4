import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { canonicalBytes, type Digest } from '../../kernel/index.ts'
import { deviceStamp, finishRun, gpuActivities, openRun, recipeOf, runBlock } from '../../models/index.ts'
import { listCheckpoints } from '../../store/index.ts'
import { boundTools } from '../boundTools.ts'
import type { ToolContext } from '../context.ts'
import { runTool } from '../runTool.ts'
import { openTestContext, type TestContext } from '../testing/openTestContext.ts'
import { trainTinyModel } from '../testing/trainTinyModel.ts'
import { readTrainingCard } from './readTrainingCard.ts'

let edges: TestContext
let ctx: ToolContext
let request: object
beforeAll(async () => {
  edges = await openTestContext()
  ctx = edges.ctx
  const { datanetRoot } = await trainTinyModel(ctx)
  const recipe = recipeOf({ name: 'tiny', rank: 2, lastBlocks: 2, epochs: 2, batch: 4 })
  request = { datanetRoot, alias: 'by-gpu', recipe, samples: 16, groups: 2, device: 'gpu' }
})
afterAll(() => edges.close())

let calls = 0
async function call(name: string, input: object): Promise<Record<string, unknown>> {
  const tool = boundTools.find(({ definition }) => definition.name === name)!
  return runTool(tool, input, { ...ctx, call: { face: 'test', effectKey: `door/${calls++}` } })
}

const jobOf = async (input: object) =>
  gpuActivities.gpu_train_block.input.parse((await call('gpu_job', input))['train'])

test('a job names a folder below the home and digests; its first state is the one that our engine starts from', async () => {
  const plan = (await call('plan_training', request)) as { run: Digest; device?: string }
  expect(plan.device).toBe('gpu')
  const job = await jobOf({ run: plan.run, block: { from: 0, to: 4 } })
  expect(job.dir).toBe(`training/${plan.run.slice(2, 18)}`)
  // Another seed starts from other numbers; the same one from the same.
  const other = (await call('plan_training', { ...request, seed: 9 })) as { run: Digest }
  expect((await jobOf({ run: other.run, block: { from: 0, to: 4 } })).start).not.toBe(job.start)
  expect(await jobOf({ run: plan.run, block: { from: 0, to: 4 } })).toEqual(job)
})

// In the place of the Python worker stands our own engine: the door is the same. With the real one: npm run test:gpu.
test('what a worker left is compared, stored and told; what it only says it left is refused at once', async () => {
  const { run: id } = (await call('plan_training', request)) as { run: Digest }
  const job = await jobOf({ run: id, block: { from: 0, to: 4 } })
  const dir = join(ctx.home.dir, job.dir)
  const run = await openRun({ engine: ctx.engine, dir })
  expect(run.digest).toBe(job.plan)
  const wrong = `0x${'ab'.repeat(32)}`
  await expect(call('train_block', { run: id, from: 0, to: 4, made: wrong })).rejects.toMatchObject({
    code: 'tools/gpu-differs',
    facts: { said: [wrong], found: [] },
  })

  const { digest: first } = await runBlock(ctx.engine, run, { from: 0, to: 4 })
  await expect(call('train_block', { run: id, from: 0, to: 4, made: wrong })).rejects.toMatchObject({
    code: 'tools/gpu-differs',
    facts: { found: [first] },
  })
  expect(await listCheckpoints(ctx.store, { run: id })).toEqual([])
  expect(await call('train_block', { run: id, from: 0, to: 4, made: first })).toMatchObject({ checkpoint: first })
  expect((await jobOf({ run: id, block: { from: 4, to: 8 } })).start).toBe(first)
  const { digest: last } = await runBlock(ctx.engine, run, { from: 4, to: 8 })
  await call('train_block', { run: id, from: 4, to: 8, made: last })

  const { finish } = await call('gpu_job', { run: id })
  expect(finish).toEqual({ v: 1, dir: job.dir, plan: job.plan, step: 8, state: last })
  const made = (await finishRun(ctx.engine, run, { step: 8, stateDigest: last })).adapters.map(({ digest }) => digest)
  expect(made).toHaveLength(3)
  const stamp = {
    v: 1,
    device: 'cuda',
    name: 'A GPU',
    torch: '2',
    transformers: '5',
    peft: '0',
    rowsAtOnce: 8,
  } as const
  writeFileSync(join(dir, 'device.json'), canonicalBytes(deviceStamp.parse({ ...stamp, sharedPrefix: true })))
  await expect(call('finish_training', { run: id, made: made.toReversed() })).rejects.toMatchObject({
    code: 'tools/gpu-differs',
  })
  const { card } = await call('finish_training', { run: id, made })
  expect((await readTrainingCard(ctx, card as Digest)).device).toMatchObject({ name: 'A GPU' })
})

test('a training with --device gpu is refused where nobody polls, and waits for nobody', async () => {
  const { datanetRoot } = request as { datanetRoot: Digest }
  await expect(call('train_adapter', { datanetRoot, device: 'gpu' })).rejects.toMatchObject({
    code: 'tools/no-gpu-worker',
  })
})
