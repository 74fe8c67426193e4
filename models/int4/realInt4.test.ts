import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packInt4, prepareBase, type BaseModel, type Int4Weights } from '../index.ts'
import { dequantise } from './dequantise.ts'
import { packGguf } from './packGguf.ts'
import { baseTensor } from './reference/baseTensor.ts'
import { readLogits } from './readLogits.ts'

// The real SmolLM2-135M-Instruct in Q4_1: TRIBUTARY_TEST_BASE names its GGUF.
const source = process.env['TRIBUTARY_TEST_BASE']?.endsWith('.gguf') ? process.env['TRIBUTARY_TEST_BASE'] : undefined
if (!source) console.warn('SKIPPED: the tests of int4 on the real base model need TRIBUTARY_TEST_BASE, its GGUF file')

let dir: string
let base: BaseModel
let blocks: Int4Weights
beforeAll(async () => {
  if (!source) return
  dir = mkdtempSync(join(tmpdir(), 'real-int4-'))
  base = await prepareBase({ file: source, into: join(dir, 'base') })
  blocks = await packInt4({ base, file: source })
}, 60_000)
afterAll(() => source && rmSync(dir, { recursive: true, force: true }))

test.skipIf(!source)(
  'all 211 matrices of the real model are packed, and dequantise to the bit',
  () => {
    const packed = packGguf(source!)
    expect(packed.size).toBe(211)
    expect(Object.keys(blocks.matrices)).toHaveLength(211)
    for (const [name, matrix] of packed) {
      const bytes = (data: Float32Array): Buffer => Buffer.from(data.buffer)
      expect(bytes(dequantise(matrix)).equals(bytes(baseTensor(base, name))), name).toBe(true)
    }
  },
  60_000,
)

test.skipIf(!source)(
  'of 384 places of 8 READMEs int4a16 names the token of float32 at .99; int4 at .93, and at .99 where float32 leads by .2 nats',
  async () => {
    const packages = ['zod', 'viem', 'hono', 'hyparquet', 'pino', 'postgres', 'canonicalize', 'drizzle-orm']
    const texts = packages.map((name) => {
      const text = readFileSync(new URL(`../../node_modules/${name}/README.md`, import.meta.url), 'utf8')
      return base.tokenizer.encode(text).slice(200, 248)
    })
    const exact = await readLogits({ base, texts }, topTwo)
    expect(exact).toHaveLength(384)
    const agreement = (found: TopTwo[], leadNats = 0): number => {
      const sure = exact.flatMap(({ leadNats: lead }, i) => (lead >= leadNats ? [i] : []))
      return sure.filter((i) => found[i]!.token === exact[i]!.token).length / sure.length
    }
    const precise = { blocks, blockInputs: 'int16' } as const
    expect(agreement(await readLogits({ base, texts, options: precise }, topTwo))).toBeGreaterThanOrEqual(0.99)

    const rounded = await readLogits({ base, texts, options: { blocks } }, topTwo)
    console.log(`top-1 agreement of int4: ${agreement(rounded)}, with a lead of .2 nats ${agreement(rounded, 0.2)}`)
    expect(agreement(rounded)).toBeGreaterThanOrEqual(0.93)
    expect(agreement(rounded, 0.2)).toBeGreaterThanOrEqual(0.99)
  },
  90_000,
)

type TopTwo = { token: number; leadNats: number }

/** The likeliest token and by how much it leads: a difference of logits is one of log-probabilities. */
function topTwo(logits: Float32Array): TopTwo {
  let token = 0
  let second = Number.NEGATIVE_INFINITY
  for (let i = 1; i < logits.length; i++) {
    if (logits[i]! > logits[token]!) {
      second = logits[token]!
      token = i
    } else if (logits[i]! > second) second = logits[i]!
  }
  return { token, leadNats: logits[token]! - second }
}
