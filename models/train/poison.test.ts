import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  finishRun,
  openRun,
  prepareRun,
  recipeOf,
  runBlock,
  stateFile,
  trainingRecord,
  type Engine,
  type RowGradient,
  type Run,
  type SkippedSample,
} from '../index.ts'
import {
  openTinyTraining,
  tinyFields,
  tinySamples,
  tinyHeldOut,
  type TinyTraining,
} from './testing/openTinyTraining.ts'

const recipe = recipeOf({
  ...tinyFields,
  learningRatePpb: 20_000_000,
})
const samples = tinySamples(10)
const groupOf = samples.map((_, i) => i % 3)

let home: string
let engine: Engine
let close: TinyTraining['close']
beforeAll(async () => {
  ;({ home, engine, close } = await openTinyTraining(recipe))
})
afterAll(() => close())

const request = (dir: string) => ({ engine, dir: join(home, dir), recipe, samples, groupOf, heldOut: tinyHeldOut })

/** The engine, with the results of some rows of the main adapter changed: the fault of a sample. */
const faulty = (change: (result: RowGradient, sample: number) => RowGradient): Engine => ({
  ...engine,
  rowGradients: async (rows, thetas, layout) =>
    (await engine.rowGradients(rows, thetas, layout)).map((result, i) => {
      const { row, adapter } = rows[i]!
      const sample = samples.findIndex((_, at) => faultyRun!.rows[at] === row)
      return adapter === 0 ? change(result, sample) : result
    }),
})
let faultyRun: Run | undefined
const sixteen = (poison: object = {}) =>
  recipeOf({ ...recipe, batch: 10, epochs: 4, poison: { window: 16, mostPpm: 100_000, ...poison } })
const openFaulty = async (dir: string, changes: object): Promise<Run> =>
  (faultyRun = await prepareRun({ ...request(dir), ...changes }))

test('a loss that is not a number stops the block with the id of its sample; of most of a batch it is the run that broke', async () => {
  const run = await openFaulty('nan', { recipe: sixteen() })
  const nan = (bad: (sample: number) => boolean) =>
    faulty((result, sample) => (bad(sample) ? { ...result, lossNats: Number.NaN } : result))
  await expect(
    runBlock(
      nan((sample) => sample === 3),
      run,
      { from: 0, to: 1 },
    ),
  ).rejects.toMatchObject({
    code: 'models/poisoned-sample',
    facts: { sample: samples[3]!.id, step: 0, normMicro: null },
  })
  await expect(
    runBlock(
      nan((sample) => sample > 3),
      run,
      { from: 0, to: 1 },
    ),
  ).rejects.toMatchObject({
    code: 'models/diverged',
    facts: { badRows: 6, rows: 10 },
  })
  expect(existsSync(stateFile(run, 1))).toBe(false)
})

const loud = (result: RowGradient, sample: number): RowGradient =>
  sample === 3 ? { ...result, gradient: result.gradient.map((v) => 1_000 * v) } : result

test('a gradient 1,000 times too long stops the run once the median is known; with skip it is left out and recorded', async () => {
  const strict = await openFaulty('loud', { recipe: sixteen() })
  await expect(runBlock(faulty(loud), strict, { from: 0, to: 4 })).rejects.toMatchObject({
    code: 'models/poisoned-sample',
    facts: { sample: samples[3]!.id, step: 1 },
  })
  const lenient = await openFaulty('skipped', { recipe: sixteen({ action: 'skip' }) })
  const said: number[] = []
  const { skipped } = await runBlock(faulty(loud), lenient, {
    from: 0,
    to: 4,
    onStep: ({ skipped: now }) => void said.push(...now.map(({ sample }) => sample)),
  })
  expect(skipped).toEqual([{ step: 1, sample: 3 }])
  expect(said).toEqual([3])
  const slots = (await trainingRecord(lenient).step(1)).sampleIndexes
  expect([...slots].filter((sample) => sample >= 0).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9])
  const none = await openFaulty('none', { recipe: sixteen({ action: 'skip', mostPpm: 0 }) })
  const two = faulty((result, sample) => loud(result, sample === 5 ? 3 : sample))
  await expect(runBlock(two, none, { from: 0, to: 4 })).rejects.toMatchObject({
    code: 'models/too-many-poisoned',
    facts: { most: 1 },
  })
})

test('an auditor who retrains a counterfactual adapter with the recorded decisions gets its bytes, without them he does not', async () => {
  const changes = { recipe: sixteen({ action: 'skip' }) }
  const wanted = (await finishRun(engine, await openRun(request('skipped')), { step: 4 })).adapters[2]!.digest
  const retrain = async (dir: string, skipped: SkippedSample[]) => {
    const run = await prepareRun({ ...request(dir), ...changes, variants: [1], skipped })
    await runBlock(engine, run, { from: 0, to: 4 })
    return (await finishRun(engine, run, { step: 4 })).adapters[0]!.digest
  }
  expect(await retrain('audited', [{ step: 1, sample: 3 }])).toBe(wanted)
  expect(await retrain('not-audited', [])).not.toBe(wanted)
})
