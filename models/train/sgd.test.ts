import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  finishRun,
  openPath,
  prepareRun,
  readState,
  recipeOf,
  runBlock,
  stateFile,
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

const recipe = recipeOf({
  ...tinyFields,
  epochs: 2,
  batch: 4,
  sgdMomentumPpm: 900_000,
  learningRatePpb: 500_000_000,
})

let tiny: TinyTraining
let run: Run
beforeAll(async () => {
  tiny = await openTinyTraining(recipe)
  const samples = tinySamples(8)
  const dir = join(tiny.home, 'run')
  run = await prepareRun({
    engine: tiny.engine,
    dir,
    recipe,
    samples,
    groupOf: samples.map((_, i) => i % 2),
    heldOut: tinyHeldOut,
  })
  await runBlock(tiny.engine, run, { from: 0, to: run.steps })
})
afterAll(() => tiny.close())

test('a run of SGD ends where its batch gradients lead by m = .9 m + g, theta = theta - rate m, and keeps no second moment', async () => {
  const { adapters, heldOutLossBeforeNats, heldOutLossAfterNats } = await finishRun(tiny.engine, run)
  const file = join(tiny.home, 'path.bin')
  await writePath(run, run.steps, file)
  const path = await openPath(run, file)
  expect(path.optimiser).toEqual({ kind: 'sgd-momentum', momentum: 0.9, weightDecay: 0 })
  const theta = path.start.slice()
  const m = new Float32Array(theta.length)
  for (let t = 0; t < path.steps; t++) {
    const { learningRate, batchGradient } = await path.step(t)
    for (const [p, g] of batchGradient.entries()) {
      m[p] = 0.9 * m[p]! + g
      theta[p] = theta[p]! - learningRate * m[p]
    }
  }
  await path.close()
  expect(theta).toEqual(adapters[0]!.theta)
  const state = await readState(stateFile(run, run.steps), { run: run.digest })
  expect(state.second.every((second) => second.every((x) => x === 0))).toBe(true)
  expect(heldOutLossAfterNats).toBeLessThan(heldOutLossBeforeNats - 0.01)
})
