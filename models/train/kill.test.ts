import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import {
  chooseStep,
  finishRun,
  openRun,
  prepareRun,
  readState,
  recipeOf,
  runBlock,
  stateFile,
  type BaseModel,
  type Engine,
} from '../index.ts'
import { openTinyTraining, tinyFields, tinySamples, type TinyTraining } from './testing/openTinyTraining.ts'

const recipe = recipeOf({ ...tinyFields, epochs: 1, batch: 5 })
const samples = tinySamples(50)
const request = { recipe, samples, heldOut: samples.slice(0, 2), groupOf: samples.map((_, i) => i % 2) }

let home: string
let base: BaseModel
let engine: Engine
let close: TinyTraining['close']
beforeAll(async () => {
  ;({ home, base, engine, close } = await openTinyTraining(recipe))
})
afterAll(() => close())

/** A process of its own that prepares the run, trains it block by block, and kills itself where it is told. */
function trainUntilKilled(
  dir: string,
  { row, step }: { row?: number; step?: number },
  what: object = request,
  blocks: readonly (readonly [number, number])[] = [
    [0, 4],
    [4, 10],
  ],
): { rows: number[]; steps: number[] } {
  const script = `
    import { writeSync } from 'node:fs'
    import { createEngine, openBase, prepareRun, recipeLayout, runBlock } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)}
    const reach = (what, at, deadly) => {
      writeSync(1, what + ' ' + at + '\\n')
      if (at === deadly) process.kill(process.pid, 'SIGKILL')
    }
    const base = await openBase(${JSON.stringify(base.dir)})
    const request = ${JSON.stringify(what)}
    const engine = await createEngine({ base, threads: 1, layout: recipeLayout(request.recipe, base.config) })
    const onProgress = (done) => reach('row', done, ${row})
    const run = await prepareRun({ ...request, engine, dir: ${JSON.stringify(dir)}, onProgress })
    const onStep = (done) => reach('step', done.step, ${step})
    for (const [from, to] of ${JSON.stringify(blocks)}) await runBlock(engine, run, { from, to, onStep })
    await engine.close()`
  const child = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
    encoding: 'utf8',
    timeout: 50_000,
  })
  expect(child.stderr).toBe('')
  expect(child.signal).toBe('SIGKILL')
  const reached = (what: string): number[] =>
    [...child.stdout.matchAll(new RegExp(`^${what} (\\d+)$`, 'gm'))].map(([, at]) => Number(at))
  return { rows: reached('row'), steps: reached('step') }
}

test('a run killed at row 32 of its states, at step 2 and at step 7 ends with the bytes of one that was left alone', async () => {
  const whole = await prepareRun({ ...request, engine, dir: join(home, 'whole') })
  await runBlock(engine, whole, { from: 0, to: 10 })
  const wanted = await finishRun(engine, whole)

  const dir = join(home, 'killed')
  expect(trainUntilKilled(dir, { row: 32 })).toEqual({ rows: [16, 32], steps: [] })
  expect(existsSync(join(dir, 'prefix.bin'))).toBe(false)
  expect(statSync(join(dir, 'prefix.bin.part')).size).toBeGreaterThan(0)
  // The lot of the kill may not have reached the disk: it is made again, the one before it is not.
  expect(trainUntilKilled(dir, { step: 2 })).toEqual({ rows: [32, 48, 52], steps: [1, 2] })
  expect(existsSync(stateFile({ dir }, 4))).toBe(false)
  expect(trainUntilKilled(dir, { step: 7 })).toEqual({ rows: [], steps: [1, 2, 3, 4, 5, 6, 7] })
  expect(existsSync(stateFile({ dir }, 10))).toBe(false)

  const run = await openRun({ engine, dir })
  const steps: number[] = []
  await runBlock(engine, run, { from: 4, to: 10, onStep: ({ step }) => void steps.push(step) })
  expect(steps).toEqual([5, 6, 7, 8, 9, 10])
  const found = await finishRun(engine, run)
  expect(found.state).toBe(wanted.state)
  expect(found.adapters.map(({ digest }) => digest)).toEqual(wanted.adapters.map(({ digest }) => digest))
  for (const name of ['prefix.bin', 'record/step-1.bin', 'record/step-6.bin']) {
    expect(readFileSync(join(dir, name)).equals(readFileSync(join(home, 'whole', name))), name).toBe(true)
  }
}, 60_000)

test('killed at 4 random steps, a run that looks, skips and keeps the best ends with the bytes of one that was left alone', async () => {
  // One label among rows of many: its gradient is some times the median, and is skipped.
  const odd = { id: digestText('odd'), prompt: 'word', completion: 'zzq' }
  const careful = {
    ...request,
    recipe: recipeOf({
      ...recipe,
      epochs: 2,
      maxLabels: 20,
      validation: { texts: 2, everySteps: 2, keep: 'best' },
      poison: { action: 'skip', timesMedian: 2, mostPpm: 100_000 },
    }),
    samples: [...samples.slice(0, 24).map((sample) => ({ ...sample, completion: sample.completion.repeat(3) })), odd],
    groupOf: Array.from({ length: 25 }, (_, i) => i % 3),
    validation: samples.slice(30, 32),
  }
  const blocks = Array.from({ length: 5 }, (_, i) => [2 * i, 2 * i + 2] as const)
  const all = async (dir: string) => {
    const run = await prepareRun({ ...careful, engine, dir })
    for (const [from, to] of blocks) await runBlock(engine, run, { from, to })
    const state = await readState(stateFile(run, 10), { run: run.digest })
    const step = chooseStep(state.validation, run.plan.recipe.validation, 10).best
    return { state, step, adapters: (await finishRun(engine, run, { step })).adapters.map(({ digest }) => digest) }
  }
  const wanted = await all(join(home, 'careful'))
  expect(wanted.state.skipped.map(({ sample }) => sample)).toEqual([24])
  expect(wanted.state.validation.map(({ step }) => step)).toEqual([0, 2, 4, 6, 8, 10])

  const dir = join(home, 'careful-killed')
  const deaths = Array.from({ length: 4 }, () => 1 + Math.floor(Math.random() * 9)).toSorted((a, b) => a - b)
  for (const step of new Set(deaths)) trainUntilKilled(dir, { step }, careful, blocks)
  expect(await all(dir), `killed at steps ${deaths.join(', ')}`).toEqual(wanted)
}, 60_000)

test('a file of states cut inside a row goes on at a whole lot, and a folder that is none has models/disk', async () => {
  const whole = readFileSync(join(home, 'whole', 'prefix.bin'))
  const dir = join(home, 'cut')
  await (await prepareRun({ ...request, engine, dir })).prefix.make()
  renameSync(join(dir, 'prefix.bin'), join(dir, 'prefix.bin.part'))
  truncateSync(join(dir, 'prefix.bin.part'), Math.floor(whole.length * 0.8) + 3)
  const rows: number[] = []
  const again = await prepareRun({ ...request, engine, dir, onProgress: (done) => void rows.push(done) })
  await again.prefix.make()
  expect(rows).toEqual([32, 48, 52])
  expect(readFileSync(join(dir, 'prefix.bin')).equals(whole)).toBe(true)

  rmSync(join(dir, 'prefix.bin'))
  mkdirSync(join(dir, 'prefix.bin.part'))
  await expect(again.prefix.make()).rejects.toMatchObject({ code: 'models/disk' })
})
