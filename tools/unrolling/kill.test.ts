import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText, type Digest } from '../../kernel/index.ts'
import { prepareRun, recipeOf, runBlock, writePath } from '../../models/index.ts'
import {
  openTinyTraining,
  tinyFields,
  tinyHeldOut,
  tinySamples,
  type TinyTraining,
} from '../../models/train/testing/openTinyTraining.ts'

const recipe = recipeOf({ ...tinyFields, epochs: 3, batch: 4, learningRatePpb: 20_000_000 })
const samples = tinySamples(12)
const blocks = [
  [9, 6],
  [6, 3],
  [3, 0],
]
const unroll = digestText('an unroll')

let tiny: TinyTraining
beforeAll(async () => {
  tiny = await openTinyTraining(recipe)
  const dir = join(tiny.home, 'run')
  const groupOf = samples.map((_, i) => i % 2)
  const run = await prepareRun({ engine: tiny.engine, dir, recipe, samples, heldOut: tinyHeldOut, groupOf })
  await runBlock(tiny.engine, run, { from: 0, to: 9 })
  await writePath(run, 9, join(tiny.home, 'path.bin'))
})
afterAll(() => tiny.close())

/**
 * A process of its own that walks back block by block from the states that lie in its home, as the activities do, and kills
 * itself when `deadly` steps are left. Returns the steps that it walked, as what is left after each.
 */
function walk(home: string, known: (Digest | undefined)[], deadly?: number): { left: number[]; states: Digest[] } {
  const url = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)
  const script = `
    import { writeSync } from 'node:fs'
    import { decodeUnroll, encodeUnroll, startUnroll, unrollBlock } from ${url('../../attribution/index.ts')}
    import { createEngine, gradientOracle, openBase, openPath, openRun, recipeLayout } from ${url('../../models/index.ts')}
    import { readUnrollState, writeUnrollState } from ${url('./stateFile.ts')}
    const base = await openBase(${JSON.stringify(tiny.base.dir)})
    const run0 = ${JSON.stringify(join(tiny.home, 'run'))}
    const engine = await createEngine({ base, threads: 1, layout: recipeLayout(${JSON.stringify(recipe)}, base.config) })
    const run = await openRun({ engine, dir: run0 })
    const path = await openPath(run, ${JSON.stringify(join(tiny.home, 'path.bin'))})
    const ctx = { home: { dir: ${JSON.stringify(home)} } }
    const unroll = ${JSON.stringify(unroll)}
    const known = ${JSON.stringify(known)}
    const onStep = (left) => {
      writeSync(1, 'left ' + left + '\\n')
      if (left === ${deadly ?? -1}) process.kill(process.pid, 'SIGKILL')
    }
    let digest
    for (const [i, [from, to]] of ${JSON.stringify(blocks)}.entries()) {
      if (known[i] === undefined || known[i] === null) {
        const query = Float32Array.from({ length: run.layout.length }, (_, p) => Math.sin(p))
        const state = from === 9
          ? startUnroll(path, [query], { difference: 'mixed' })
          : decodeUnroll(await readUnrollState(ctx, unroll, { step: from, digest }))
        await unrollBlock(path, gradientOracle(engine, run), state, to, { onStep })
        digest = await writeUnrollState(ctx, unroll, { step: to, bytes: encodeUnroll(state) })
        writeSync(1, 'state ' + digest + '\\n')
      } else digest = known[i]
    }
    await path.close()
    await engine.close()`
  const child = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
    encoding: 'utf8',
    timeout: 50_000,
  })
  expect(child.stderr).toBe('')
  expect(child.signal).toBe(deadly === undefined ? null : 'SIGKILL')
  return {
    left: [...child.stdout.matchAll(/^left (\d+)$/gm)].map(([, at]) => Number(at)),
    states: [...child.stdout.matchAll(/^state (\w+)$/gm)].map(([, digest]) => digest as Digest),
  }
}

test('an unroll killed with 7 and with 4 steps left takes each block up again, and ends with the bytes of one left alone', () => {
  const whole = walk(join(tiny.home, 'whole'), [])
  expect(whole.left).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0])
  expect(whole.states).toHaveLength(3)

  const home = join(tiny.home, 'killed')
  const file = (of: string, step: number) => join(of, 'unrolling', unroll.slice(2, 18), `${step}.bin`)
  expect(walk(home, [], 7)).toEqual({ left: [8, 7], states: [] })
  expect(existsSync(file(home, 6))).toBe(false)
  expect(walk(home, [], 4)).toEqual({ left: [8, 7, 6, 5, 4], states: [whole.states[0]] })
  expect(existsSync(file(home, 3))).toBe(false)
  const last = walk(home, [whole.states[0]])
  expect(last).toEqual({ left: [5, 4, 3, 2, 1, 0], states: whole.states.slice(1) })
  for (const step of [6, 3, 0])
    expect(readFileSync(file(home, step)).equals(readFileSync(file(join(tiny.home, 'whole'), step)))).toBe(true)
  // Without its adjoints the last state is little more than 12 scores of 8 bytes.
  expect(readFileSync(file(home, 0)).length).toBeLessThan(300)
}, 60_000)
