import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import {
  createEngine,
  finishRun,
  openRun,
  prepareRun,
  recipeLayout,
  recipeOf,
  runBlock,
  stateFile,
  tinyBase,
  type BaseModel,
  type Engine,
} from '../index.ts'

const recipe = recipeOf({ rank: 2, alpha: 4, lastBlocks: 2, epochs: 1, batch: 5, maxLength: 64, maxLabels: 12 })
const samples = Array.from({ length: 50 }, (_, i) => ({
  id: digestText(`sample ${i}`),
  prompt: `word ${i % 3}`,
  completion: `the answer ${'ab'.repeat(1 + (i % 4))}`,
}))
const request = { recipe, samples, heldOut: samples.slice(0, 2), groupOf: samples.map((_, i) => i % 2) }

let home: string
let base: BaseModel
let engine: Engine
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kill-'))
  base = await tinyBase(home)
  engine = await createEngine({ base, layout: recipeLayout(recipe, base.config), threads: 1 })
})
afterAll(async () => {
  await engine.close()
  rmSync(home, { recursive: true, force: true })
})

/** A process of its own that prepares the run, trains steps 0 to 4 and 4 to 10, and kills itself where it is told. */
function trainUntilKilled(
  dir: string,
  { row, step }: { row?: number; step?: number },
): { rows: number[]; steps: number[] } {
  const script = `
    import { writeSync } from 'node:fs'
    import { createEngine, openBase, prepareRun, recipeLayout, runBlock } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)}
    const reach = (what, at, deadly) => {
      writeSync(1, what + ' ' + at + '\\n')
      if (at === deadly) process.kill(process.pid, 'SIGKILL')
    }
    const base = await openBase(${JSON.stringify(base.dir)})
    const request = ${JSON.stringify(request)}
    const engine = await createEngine({ base, threads: 1, layout: recipeLayout(request.recipe, base.config) })
    const onProgress = (done) => reach('row', done, ${row})
    const run = await prepareRun({ ...request, engine, dir: ${JSON.stringify(dir)}, onProgress })
    const onStep = (done) => reach('step', done, ${step})
    await runBlock(engine, run, { from: 0, to: 4, onStep })
    await runBlock(engine, run, { from: 4, to: 10, onStep })
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
  await runBlock(engine, run, { from: 4, to: 10, onStep: (step) => steps.push(step) })
  expect(steps).toEqual([5, 6, 7, 8, 9, 10])
  const found = await finishRun(engine, run)
  expect(found.state).toBe(wanted.state)
  expect(found.adapters.map(({ digest }) => digest)).toEqual(wanted.adapters.map(({ digest }) => digest))
  for (const name of ['prefix.bin', 'record/step-1.bin', 'record/step-6.bin']) {
    expect(readFileSync(join(dir, name)).equals(readFileSync(join(home, 'whole', name))), name).toBe(true)
  }
}, 60_000)

test('a file of states cut inside a row goes on at a whole lot, and a folder that is none has models/disk', async () => {
  const whole = readFileSync(join(home, 'whole', 'prefix.bin'))
  const dir = join(home, 'cut')
  await prepareRun({ ...request, engine, dir })
  renameSync(join(dir, 'prefix.bin'), join(dir, 'prefix.bin.part'))
  truncateSync(join(dir, 'prefix.bin.part'), Math.floor(whole.length * 0.8) + 3)
  const rows: number[] = []
  await prepareRun({ ...request, engine, dir, onProgress: (done) => rows.push(done) })
  expect(rows).toEqual([32, 48, 52])
  expect(readFileSync(join(dir, 'prefix.bin')).equals(whole)).toBe(true)

  rmSync(join(dir, 'prefix.bin'))
  mkdirSync(join(dir, 'prefix.bin.part'))
  await expect(prepareRun({ ...request, engine, dir })).rejects.toMatchObject({ code: 'models/disk' })
})
