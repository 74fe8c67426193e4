import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Digest } from '../../kernel/index.ts'
import { llamaForward, type ReferenceLora } from '../graph/reference/llamaForward.ts'
import {
  adapterLayout,
  createEngine,
  encodeRow,
  readPeft,
  tinyBase,
  writePeft,
  type Adapter,
  type BaseModel,
  type Engine,
} from '../index.ts'
import { floatsOf } from './floatsOf.ts'

type Judged = { logits: number[]; lossNats: number }
type Expected = {
  model: Parameters<typeof tinyBase>[1]
  base: Digest
  prompt: number[]
  answer: number[]
  byPeft: Record<string, Judged>
  byUs: Record<string, Judged & { layout: Parameters<typeof adapterLayout>[1]; digest: Digest }>
}

// What the peft package computed: see evals/makePeftFixtures.ts.
const fixtures = join(import.meta.dirname, 'fixtures')
const expected = JSON.parse(readFileSync(join(fixtures, 'expected.json'), 'utf8')) as Expected

let home: string
let base: BaseModel
let engine: Engine
let tensors: Map<string, Float32Array>
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'peft-'))
  base = await tinyBase(home, expected.model)
  engine = await createEngine({ base, threads: 1 })
  const file = readFileSync(join(base.dir, base.weights.location))
  tensors = new Map(Object.entries(base.weights.entries).map(([name, entry]) => [name, floatsOf(file, entry)]))
})
afterAll(async () => {
  await engine.close()
  rmSync(home, { recursive: true, force: true })
})

/** The logits after the prompt, by the plain loops of the reference. */
function logitsOf({ layout, theta }: Adapter): number[] {
  const matrix = (at: number, rows: number, columns: number, scale: number): number[][] =>
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_unused, j) => scale * theta[at + i * columns + j]!),
    )
  const lora: ReferenceLora = (layer, target) => {
    const module = layout.modules.find((one) => one.layer === layer && one.target === target)
    if (!module) return undefined
    const { rank, scale } = module
    return { A: matrix(module.A, module.in, rank, 1), B: matrix(module.B, rank, module.out, scale) }
  }
  return llamaForward(base.config, tensors, expected.prompt, lora).at(-1)!
}

async function expectSame(adapter: Adapter, judged: Judged): Promise<void> {
  const found = logitsOf(adapter)
  expect(judged.logits).toHaveLength(found.length)
  for (const [i, logit] of judged.logits.entries()) expect(Math.abs(found[i]! - logit)).toBeLessThan(1e-4)
  const row = encodeRow(expected.prompt, expected.answer)
  const [hidden] = await engine.prefixStates([row], adapter.layout)
  const [loss] = await engine.rowLosses([{ row, hidden: hidden!, adapter: 0 }], [adapter.theta], adapter.layout)
  expect(Math.abs(loss! - judged.lossNats)).toBeLessThan(1e-5 * judged.lossNats)
}

test('the base is the one that peft computed with', () => expect(base.digest).toBe(expected.base))

describe('adapters made by peft give here what they give there: logits to 1e-4, loss to 1e-5 relative', () => {
  const cases = Object.entries(expected.byPeft)
  test('there are 9 of them, each different', () => {
    expect(cases).toHaveLength(9)
    expect(new Set(cases.map(([, { lossNats }]) => lossNats)).size).toBe(9)
  })
  test.each(cases)('%s', async (name, judged) => {
    await expectSame(await readPeft(join(fixtures, name), base.config), judged)
  })
})

describe('adapters of ours, of which peft gave these logits, are written to the same bytes and read back', () => {
  test.each(Object.entries(expected.byUs))('%s', async (name, { layout, digest, ...judged }) => {
    const read = await readPeft(join(fixtures, `ours-${name}`), base.config)
    expect(read.digest).toBe(digest)
    expect(read.layout).toEqual(adapterLayout(base.config, layout))
    expect((await writePeft(read, join(home, name), { baseName: 'base' })).digest).toBe(digest)
    await expectSame(read, judged)
  })
})

test('DoRA of peft is refused as models/adapter-dora, with what to do', async () => {
  await expect(readPeft(join(fixtures, 'dora'), base.config)).rejects.toMatchObject({
    code: 'models/adapter-dora',
    tryThis: expect.stringContaining('merge it into the base') as string,
  })
})
