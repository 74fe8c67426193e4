import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { canonicalBytes, digestString, findError } from '../../kernel/index.ts'
import { gpuTrain, openRun, readState, recipeOf, stateFile } from '../../models/index.ts'
import { findGpuPython } from '../../provision/index.ts'
import { getAdapter } from '../../store/index.ts'
import { boundTools } from '../../tools/boundTools.ts'
import { runTool, toolActivities, type ToolContext } from '../../tools/index.ts'
import { openTestContext, type TestContext } from '../../tools/testing/openTestContext.ts'
import { trainTinyModel } from '../../tools/testing/trainTinyModel.ts'
import { readTrainingCard } from '../../tools/training/readTrainingCard.ts'
import { workflowPort } from '../../workflows/client/workflowPort.ts'
import { temporalServer } from '../../workflows/graph/testing/temporalServer.ts'
import { testBundle } from '../../workflows/graph/testing/testBundle.ts'
import { createWorker } from '../../workflows/graph/worker/index.ts'

/**
 * The real fine-tune workflow on a real Temporal server, with the real Python worker: run by `npm run test:gpu`, which needs
 * PyTorch. No part of `npm test`.
 */
const packageFolder = fileURLToPath(new URL('../../models/gpu', import.meta.url))
const python = findGpuPython() ?? 'no Python: run npm run test:gpu'
const recipe = recipeOf({ name: 'tiny', rank: 2, lastBlocks: 2, epochs: 10, batch: 4, learningRatePpb: 20_000_000 })

let env: TestWorkflowEnvironment
let opened: TestContext
let ctx: ToolContext
let datanetRoot: string
let stopTools: () => Promise<void>
let gpu: ChildProcess | undefined

beforeAll(async () => {
  const [server, context, bundle] = await Promise.all([
    temporalServer(),
    openTestContext(),
    testBundle(fileURLToPath(new URL('../../workflows/index.ts', import.meta.url))),
  ])
  env = server
  opened = context
  ;({ datanetRoot } = await trainTinyModel(opened.ctx))
  const taskQueue = 'tributary'
  const address = { server: env.address, ui: undefined }
  ctx = { ...opened.ctx, workflows: workflowPort({ client: env.client, taskQueue, bundle, address }) }
  const quiet = { progress: () => undefined, lineage: () => [] }
  const worker = await createWorker({
    connection: env.nativeConnection,
    namespace: env.namespace ?? 'default',
    taskQueue,
    graphs: bundle,
    tools: toolActivities(boundTools, ctx, quiet),
  })
  const running = worker.run()
  stopTools = async () => {
    worker.shutdown()
    await running
  }
})
afterEach(endGpuWorker)
afterAll(async () => {
  await stopTools?.()
  await Promise.all([env?.teardown(), opened?.close()])
})

async function startGpuWorker(): Promise<void> {
  const places = ['--address', env.address, '--home', ctx.home.dir, '--base', ctx.engine.base.dir]
  gpu = spawn(python, ['-m', 'tributary_gpu', 'worker', '--device', 'cpu', ...places], {
    env: { ...process.env, PYTHONPATH: packageFolder, OMP_NUM_THREADS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(gpu.stdout!, 'data')) as [Buffer]
  expect(said.toString()).toContain('waiting for work on queue gpu')
}

async function endGpuWorker(): Promise<void> {
  if (gpu === undefined) return
  gpu.kill('SIGKILL')
  await once(gpu, 'exit')
  gpu = undefined
}

async function call(name: string, input: unknown): Promise<Record<string, unknown>> {
  const tool = boundTools.find(({ definition }) => definition.name === name)!
  return runTool(tool, input, { ...ctx, call: { face: 'test', effectKey: `${name}/${JSON.stringify(input)}` } })
}

const wish = (seed: number) => ({
  datanetRoot,
  alias: `gpu-${seed}`,
  recipeDocument: recipe,
  samples: 16,
  groups: 2,
  seed,
})

test('without a worker --device gpu is refused by its code, and status says that none polls', async () => {
  await expect(call('train_adapter', { ...wish(1), device: 'gpu' })).rejects.toMatchObject({
    code: 'tools/no-gpu-worker',
  })
  const { parts } = (await call('status', {})) as { parts: { part: string; state: string }[] }
  expect(parts.find(({ part }) => part === 'gpu worker')).toMatchObject({ state: 'off' })
})

test('a worker killed after the first checkpoint ends with the bytes of a run left alone, close to our own engine', async () => {
  const here = digestString.parse((await call('train_adapter', wish(1)))['adapter'])
  await startGpuWorker()
  const { run } = (await call('plan_training', {
    datanetRoot,
    alias: 'gpu-1',
    recipe,
    samples: 16,
    groups: 2,
    seed: 1,
    device: 'gpu',
  })) as { run: string }
  const dir = join(ctx.home.dir, 'training', run.slice(2, 18))
  const work = call('train_adapter', { ...wish(1), device: 'gpu' })
  await vi.waitFor(() => expect(existsSync(join(dir, 'states', '4.bin'))).toBe(true), { timeout: 60_000, interval: 5 })
  await endGpuWorker()
  expect(existsSync(join(dir, 'states', '40.bin'))).toBe(false)
  await startGpuWorker()
  const made = digestString.parse((await work)['adapter'])
  const { parts } = (await call('status', {})) as { parts: { part: string; where: string }[] }
  expect(parts.find(({ part }) => part === 'gpu worker')?.where).toMatch(/torch \d/)

  // The same plan, never interrupted and without Temporal: the same bytes.
  const calm = join(ctx.home.dir, 'calm')
  mkdirSync(calm)
  copyFileSync(join(dir, 'plan.json'), join(calm, 'plan.json'))
  await gpuTrain({ python, dir: calm, base: ctx.engine.base.dir, device: 'cpu' })
  expect(readFileSync(stateFile({ dir }, 40)).equals(readFileSync(stateFile({ dir: calm }, 40)))).toBe(true)

  // The card says where; numbers are those of our engine to 1e-4 of the largest.
  const [ours, theirs] = await Promise.all(
    [here, made].map(async (digest) => readTrainingCard(ctx, (await getAdapter(ctx.store, { digest })).cardDigest)),
  )
  expect(theirs!.device).toMatchObject({ device: 'cpu', threads: 1 })
  expect(ours!.device).toBeUndefined()
  expect(theirs!.lossesMicroNats).toHaveLength(40)
  for (const [i, loss] of ours!.lossesMicroNats.entries())
    expect(Math.abs(theirs!.lossesMicroNats[i]! - loss)).toBeLessThan(1e-4 * loss)
  expect(theirs!.heldOutLossAfterMicroNats).toBeLessThan(theirs!.heldOutLossBeforeMicroNats)
  const opened = await openRun({ engine: ctx.engine, dir })
  const state = await readState(stateFile({ dir }, 40), { run: opened.digest })
  for (const [k, blob] of ours!.counterfactuals.entries()) {
    const bytes = Uint8Array.from(await ctx.blobs.get(blob))
    const wanted = new Float32Array(bytes.buffer)
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const found = state.thetas[k + 1]!
    for (const [p, value] of wanted.entries()) expect(Math.abs(found[p]! - value)).toBeLessThan(1e-4 * largest)
  }
  // What watches the run was told each step once, and the history replays.
  const { training } = (await call('preview_training', { ...wish(1), device: 'gpu' })) as { training: string }
  const { events } = (await call('training_events', { training })) as { events: { kind: string }[] }
  expect(events.filter(({ kind }) => kind === 'step')).toHaveLength(40)
  const workflow = `train/${training}`
  expect(await ctx.workflows.replay(workflow, await ctx.workflows.history(workflow))).toBeUndefined()
}, 240_000)

test('an error of the worker reaches the caller with code, facts and what to try', async () => {
  const request = { datanetRoot, alias: 'gpu-2', recipe, samples: 16, groups: 2, seed: 2, device: 'gpu' }
  const { run } = (await call('plan_training', request)) as { run: string }
  const dir = join(ctx.home.dir, 'training', run.slice(2, 18))
  mkdirSync(dir, { recursive: true })
  const stamp = JSON.parse(readFileSync(join(ctx.home.dir, 'calm', 'device.json'), 'utf8')) as object
  writeFileSync(join(dir, 'device.json'), canonicalBytes({ ...stamp, torch: '1.0' }))
  await startGpuWorker()
  const failure = await call('train_adapter', { ...wish(2), device: 'gpu' }).catch((error: unknown) => error)
  expect(findError(failure)).toMatchObject({
    code: 'gpu/device-changed',
    facts: { differs: ['torch'], begun: ['1.0'] },
  })
  expect(findError(failure)?.tryThis).toContain('device.json')
})
