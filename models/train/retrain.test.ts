import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { optimiserStep, type TrainingPath } from '../../kernel/index.ts'
import {
  finishRun,
  gradientOracle,
  openPath,
  prepareRun,
  recipeOf,
  retrain,
  runBlock,
  writePath,
  type Run,
} from '../index.ts'
import {
  openTinyTraining,
  tinyFields,
  tinyHeldOut,
  tinySamples,
  type TinyTraining,
} from './testing/openTinyTraining.ts'

const recipe = recipeOf({ ...tinyFields, epochs: 2, batch: 4, learningRatePpb: 20_000_000 })
const samples = tinySamples(10)
const groupOf = samples.map((_, i) => i % 3)
const ones = () => new Float32Array(samples.length).fill(1)
const without = (group: number) => Float32Array.from(groupOf, (own) => (own === group ? 0 : 1))

let tiny: TinyTraining
let run: Run
beforeAll(async () => {
  tiny = await openTinyTraining(recipe)
  run = await prepareRun({
    engine: tiny.engine,
    dir: join(tiny.home, 'run'),
    recipe,
    samples,
    groupOf,
    heldOut: tinyHeldOut,
  })
  await runBlock(tiny.engine, run, { from: 0, to: run.steps })
})
afterAll(() => tiny.close())

async function replay(path: TrainingPath): Promise<Float32Array> {
  const theta = path.start.slice()
  const state = { theta, first: new Float32Array(theta.length), second: new Float32Array(theta.length) }
  for (let step = 0; step < path.steps; step++) {
    const { learningRate, batchGradient } = await path.step(step)
    optimiserStep(state, batchGradient, path.optimiser, { step, learningRate })
  }
  return theta
}

test('weights of 1, and of 0 for a group, give the bytes of the main and of the counterfactual adapters, together or alone', async () => {
  const { adapters } = await finishRun(tiny.engine, run)
  const told: number[] = []
  const { thetas } = await retrain(tiny.engine, run, [ones(), without(0), without(1), without(2)], {
    onStep: ({ step }) => void told.push(step),
  })
  expect(thetas).toEqual(adapters.map(({ theta }) => theta))
  expect((await retrain(tiny.engine, run, [without(1)])).thetas[0]).toEqual(adapters[2]!.theta)
  expect(told).toEqual(Array.from({ length: run.steps }, (_, i) => i + 1))
})

test('a path, kept in memory or in a file, leads to the trained parameters to the bit without one gradient', async () => {
  const half = ones().fill(0.5)
  const { thetas, paths } = await retrain(tiny.engine, run, [half], { path: true })
  expect(await replay(paths[0]!)).toEqual(thetas[0])
  expect(paths[0]!.weights).toEqual(half)
  const main = (await finishRun(tiny.engine, run)).adapters[0]!.theta
  expect(thetas[0]).not.toEqual(main)

  const file = join(tiny.home, 'path.bin')
  await writePath(run, run.steps, file)
  const path = await openPath(run, file)
  expect(await replay(path)).toEqual(main)
  expect((await path.step(1)).sampleIndexes).toEqual(run.order[1])
  await path.close()
})

test('steps of a published checkpoint are the first ones of the whole run, at its rates', async () => {
  const { thetas } = await retrain(tiny.engine, run, [ones()], { steps: 2, path: true })
  const { paths } = await retrain(tiny.engine, run, [ones()], { path: true })
  expect(await replay({ ...paths[0]!, steps: 2 })).toEqual(thetas[0])
})

test('a sample that the main run skipped from step 2 on is in the batches before and in none after', async () => {
  const sample = run.order[0]![0]!
  const { paths } = await retrain(tiny.engine, run, [ones()], { skipped: [{ step: 2, sample }], path: true })
  const seen = await Promise.all(Array.from({ length: run.steps }, (_, t) => paths[0]!.step(t)))
  expect(seen.map(({ sampleIndexes }) => sampleIndexes.includes(sample))).toEqual(
    run.order.map((indexes, t) => t < 2 && indexes.includes(sample)),
  )
})

test('the oracle’s gradients are the terms of a step: their mean is the batch gradient of the path', async () => {
  const { paths } = await retrain(tiny.engine, run, [ones()], { path: true })
  const { sampleIndexes, batchGradient } = await paths[0]!.step(0)
  const rows = [...sampleIndexes].map((sample) => ({ sample, theta: 0 }))
  const terms = await gradientOracle(tiny.engine, run).gradients(rows, [paths[0]!.start])
  for (const p of batchGradient.keys()) {
    const mean = terms.reduce((sum, { gradient }) => sum + gradient[p]!, 0) / recipe.batch
    expect(Math.abs(mean - batchGradient[p]!)).toBeLessThan(1e-6)
  }
})

test('weights of another length, NaN or below 0, a cancelled training, a missing and a cut path are refused', async () => {
  const code = (what: string): unknown => expect.objectContaining({ code: `models/${what}` })
  for (const bad of [new Float32Array(3), ones().fill(Number.NaN, 4, 5), ones().fill(-1)])
    await expect(retrain(tiny.engine, run, [ones(), bad])).rejects.toEqual(code('weights'))
  await expect(retrain(tiny.engine, run, [ones()], { signal: AbortSignal.abort() })).rejects.toEqual(code('cancelled'))
  const file = join(tiny.home, 'cut.bin')
  await expect(openPath(run, file)).rejects.toEqual(code('path-missing'))
  writeFileSync(file, Buffer.alloc(40))
  await expect(openPath(run, file)).rejects.toEqual(code('path-changed'))
  writeFileSync(file, '')
  await expect(openPath(run, file)).rejects.toEqual(code('path-changed'))
})
