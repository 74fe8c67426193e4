import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import {
  chooseStep,
  createEngine,
  finishRun,
  nobody,
  openRun,
  prepareRun,
  readState,
  recipeOf,
  runBlock,
  stateFile,
  trainingRecord,
  type BaseModel,
  type Engine,
  type Run,
} from '../index.ts'
import {
  openTinyTraining,
  tinyFields,
  tinySamples,
  tinyHeldOut,
  type TinyTraining,
} from './testing/openTinyTraining.ts'
import { batchOrder } from './batchOrder.ts'
import { learningRate } from './recipe.ts'
import { recordDir } from './runFiles.ts'

const recipe = recipeOf({
  ...tinyFields,
  epochs: 3,
  batch: 4,
  learningRatePpb: 20_000_000,
})
const samples = tinySamples(10)
const groupOf = samples.map((_, i) => i % 3)

let home: string
let base: BaseModel
let engine: Engine
let close: TinyTraining['close']
beforeAll(async () => {
  ;({ home, base, engine, close } = await openTinyTraining(recipe))
})
afterAll(() => close())

const request = (dir: string) => ({ engine, dir: join(home, dir), recipe, samples, groupOf, heldOut: tinyHeldOut })

test('3 epochs of 10 samples in batches of 4 are 9 steps, and the held-out loss falls', async () => {
  const run = await prepareRun(request('whole'))
  expect(run.steps).toBe(9)
  const { step, lossesMicroNats } = await runBlock(engine, run, { from: 0, to: 9 })
  expect(step).toBe(9)
  expect(lossesMicroNats).toHaveLength(9)
  const done = await finishRun(engine, run)
  expect(done.heldOutLossAfterNats).toBeLessThan(done.heldOutLossBeforeNats - 0.05)
  expect(done.adapters.map(({ variant }) => variant)).toEqual([nobody, 0, 1, 2])
  expect(new Set(done.adapters.map(({ digest }) => digest)).size).toBe(4)
})

test('a run cut into blocks by other processes, on another number of threads, gives the same bytes as one block', async () => {
  const whole = await finishRun(engine, await openRun(request('whole')))
  await prepareRun(request('cut'))
  const two = await createEngine({ base, layout: engine.layout, threads: 2 })
  const digests = []
  for (const [from, to] of [
    [0, 2],
    [2, 3],
    [3, 9],
  ] as const) {
    // Nothing is carried over in memory: the run is opened again from its folder.
    const { digest } = await runBlock(two, await openRun({ engine: two, dir: join(home, 'cut') }), { from, to })
    digests.push(digest)
  }
  const cut = await finishRun(two, await openRun({ engine: two, dir: join(home, 'cut') }))
  await two.close()
  expect(cut.adapters.map(({ digest }) => digest)).toEqual(whole.adapters.map(({ digest }) => digest))
  expect(cut.state).toBe(whole.state)
  expect(digests.at(-1)).toBe(whole.state)
})

test('a counterfactual adapter retrained alone has the bytes of the one that was trained with the others', async () => {
  const together = await finishRun(engine, await openRun(request('whole')))
  const run = await prepareRun({ ...request('alone'), variants: [1] })
  await runBlock(engine, run, { from: 0, to: 9 })
  const [alone] = (await finishRun(engine, run)).adapters
  expect(alone!.digest).toBe(together.adapters[2]!.digest)
})

test('a run without the samples of group 1 equals a run on a set whose group 1 is another text', async () => {
  const changed = samples.map((sample, i) => (groupOf[i] === 1 ? { ...sample, completion: 'something else' } : sample))
  const run = await prepareRun({ ...request('changed'), samples: changed, variants: [1] })
  await runBlock(engine, run, { from: 0, to: 9 })
  const [without] = (await finishRun(engine, run)).adapters
  expect(without!.digest).toBe((await finishRun(engine, await openRun(request('whole')))).adapters[2]!.digest)
})

test('a block that is done is not done again, and one whose state was edited by one byte is refused', async () => {
  const run = await prepareRun(request('edited'))
  const first = await runBlock(engine, run, { from: 0, to: 2 })
  const again = await runBlock(engine, run, { from: 0, to: 2, onStep: () => expect.unreachable() })
  expect(again).toEqual(first)
  const file = stateFile(run, 2)
  const bytes = readFileSync(file)
  bytes[bytes.length - 5]! ^= 1
  writeFileSync(file, bytes)
  const next = runBlock(engine, run, { from: 2, to: 4, fromDigest: first.digest })
  await expect(next).rejects.toMatchObject({ code: 'models/state-changed' })
  writeFileSync(file, bytes.subarray(0, 40))
  await expect(readState(file, { run: run.digest })).rejects.toMatchObject({ code: 'models/state-changed' })
  await expect(runBlock(engine, run, { from: 4, to: 6 })).rejects.toMatchObject({ code: 'models/state-missing' })
  await expect(runBlock(engine, run, { from: 4, to: 10 })).rejects.toMatchObject({ code: 'models/block-range' })
})

test('the record of the main run gives back its final parameters by the recorded optimiser', async () => {
  const run = await openRun(request('whole'))
  const record = trainingRecord(run)
  const { optimiser, steps, parameters: size } = record
  if (optimiser.kind !== 'adam') throw new Error(optimiser.kind)
  const { initialAdapter } = await import('../adapters/Adapter.ts')
  const theta = Float64Array.from(initialAdapter(run.layout, recipe.seed).theta)
  const m = new Float64Array(size)
  const v = new Float64Array(size)
  const seen = new Set<number>()
  for (let t = 0; t < steps; t++) {
    const { learningRate: rate, sampleIndexes, batchGradient: g, gradients } = await record.step(t)
    expect(gradients).toHaveLength(sampleIndexes.length * size)
    for (let p = 0; p < size; p++) {
      let sum = 0
      for (let b = 0; b < sampleIndexes.length; b++) if (sampleIndexes[b]! >= 0) sum += gradients[b * size + p]!
      if (p % 97 === 0) expect(g[p]).toBeCloseTo(sum / sampleIndexes.length, 6)
      m[p] = optimiser.beta1 * m[p]! + (1 - optimiser.beta1) * g[p]!
      v[p] = optimiser.beta2 * v[p]! + (1 - optimiser.beta2) * g[p]! * g[p]!
      const unbiased = m[p]! / (1 - optimiser.beta1 ** (t + 1))
      theta[p]! -= (rate * unbiased) / (Math.sqrt(v[p]! / (1 - optimiser.beta2 ** (t + 1))) + optimiser.epsilon)
    }
    for (const sample of sampleIndexes) seen.add(sample)
  }
  expect([...seen].toSorted((a, b) => a - b)).toEqual([-1, ...samples.keys()])
  const { adapters } = await finishRun(engine, run)
  for (let p = 0; p < size; p++) expect(Math.abs(adapters[0]!.theta[p]! - theta[p]!)).toBeLessThan(1e-5)
})

test.skipIf(!existsSync('/dev/full'))(
  'a full disk is models/disk at the record and at the state, and the run goes on from there',
  async () => {
    const run = await prepareRun(request('full'))
    for (const file of [join(recordDir(run), 'step-1.bin'), stateFile(run, 2)]) {
      mkdirSync(join(file, '..'), { recursive: true })
      symlinkSync('/dev/full', `${file}.draft-${process.pid}`)
      const block = runBlock(engine, run, { from: 0, to: 2 })
      await expect(block).rejects.toMatchObject({ code: 'models/disk', retry: true, facts: { reason: /ENOSPC/ } })
      expect(existsSync(file)).toBe(false)
    }
    const { digest } = await runBlock(engine, run, { from: 0, to: 2 })
    const whole = await openRun(request('whole'))
    const two = await prepareRun({ ...request('two') })
    expect((await runBlock(engine, two, { from: 0, to: 2 })).digest).toBe(digest)
    expect(whole.digest).toBe(run.digest)
  },
)

test('looking at validation texts changes no parameter; the checkpoint with the lowest loss is kept for all variants', async () => {
  const watched = recipeOf({ ...recipe, validation: { texts: 1, everySteps: 3, keep: 'best' } })
  const validation = [{ id: digestText('watched'), prompt: 'word 1', completion: 'the answer ab' }]
  const run = await prepareRun({ ...request('watched'), recipe: watched, validation })
  await runBlock(engine, run, { from: 0, to: 3 })
  await runBlock(engine, run, { from: 3, to: 6 })
  const { validation: looks } = await runBlock(engine, run, { from: 6, to: 9 })
  expect(looks.map(({ step }) => step)).toEqual([0, 3, 6, 9])
  expect(looks[3]!.lossMicroNats).toBeLessThan(looks[0]!.lossMicroNats)
  const digests = async (of: Run, step?: number) =>
    (await finishRun(engine, of, step === undefined ? {} : { step })).adapters.map(({ digest }) => digest)
  expect(await digests(run)).toEqual(await digests(await openRun(request('whole'))))
  const early = await digests(run, 6)
  expect(early).not.toEqual(await digests(run))
  expect(new Set(early).size).toBe(4)
})

test('training stops after 2 looks without a gain, and the lowest of them is published; without patience it goes on', () => {
  const looks = [5, 3, 2, 2.5, 2.2, 1.9].map((loss, i) => ({ step: 4 * i, lossMicroNats: 1e6 * loss }))
  const rule = { patience: 2, minGainMicroNats: 0, keep: 'best' } as const
  expect(looks.map((_, i) => chooseStep(looks.slice(0, i + 1), rule, 4 * i).stop)).toEqual([
    false,
    false,
    false,
    false,
    true,
    false,
  ])
  expect(chooseStep(looks.slice(0, 5), rule, 16)).toEqual({ best: 8, stop: true })
  expect(chooseStep(looks.slice(0, 5), { ...rule, patience: 0, keep: 'last' }, 16)).toEqual({ best: 16, stop: false })
  // A fall of less than half a nat is no gain.
  expect(chooseStep(looks.slice(0, 4), { ...rule, minGainMicroNats: 1_500_000 }, 12).stop).toBe(true)
  // Step 0 is the base: never published, however low its loss.
  expect(chooseStep([{ step: 0, lossMicroNats: 1 }, ...looks.slice(1)], rule, 20).best).toBe(20)
})

test('another plan in the same folder is refused, and a folder without a run', async () => {
  const other = { ...request('whole'), recipe: recipeOf({ ...recipe, seed: 9 }) }
  await expect(prepareRun(other)).rejects.toMatchObject({ code: 'models/run-changed' })
  await expect(openRun(request('nowhere'))).rejects.toMatchObject({ code: 'models/run-missing' })
  const foreign: Engine = { ...engine, base: { ...base, digest: digestText('another') } }
  await expect(openRun({ engine: foreign, dir: join(home, 'whole') })).rejects.toMatchObject({
    code: 'models/other-base',
  })
})

test('every epoch sees every sample once, epochs differ, and the same seed gives the same order', () => {
  const plan = { samples: 10, epochs: 3, batch: 4, seed: 5 }
  const order = batchOrder(plan)
  expect(order.map((step) => step.length)).toEqual([4, 4, 2, 4, 4, 2, 4, 4, 2])
  const epochs = [0, 3, 6].map((at) => order.slice(at, at + 3).flatMap((step) => [...step]))
  for (const epoch of epochs) expect([...epoch].toSorted((a, b) => a - b)).toEqual([...Array(10).keys()])
  expect(epochs[0]).not.toEqual(epochs[1])
  expect(batchOrder(plan)).toEqual(order)
})

test('the learning rate rises over the warm-up, then falls towards 0', () => {
  const rates = Array.from({ length: 40 }, (_, t) => learningRate(recipe, t, 40))
  const top = rates.indexOf(Math.max(...rates))
  expect(top).toBe(3)
  for (let t = 1; t < 40; t++) expect(rates[t]! > rates[t - 1]!).toBe(t <= top)
  expect(rates[39]).toBeLessThan(0.03 * rates[top]!)
  const cosine = learningRate({ ...recipe, decay: 'cosine' }, 20, 40)
  expect(cosine / learningRate({ ...recipe, decay: 'none' }, 20, 40)).toBeCloseTo(0.5, 12)
})
