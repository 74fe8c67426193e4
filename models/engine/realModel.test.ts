import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import { seededNormal } from '../graph/index.ts'
import { adapterLayout, createEngine, prepareBase, type Engine } from '../index.ts'

// The real SmolLM2-135M-Instruct: TRIBUTARY_TEST_BASE names its GGUF (or a folder with its safetensors).
const source = process.env['TRIBUTARY_TEST_BASE']
if (!source)
  console.warn('SKIPPED: the tests on the real base model need TRIBUTARY_TEST_BASE, a GGUF file or model folder')

let dir: string
let engine: Engine
beforeAll(async () => {
  if (!source) return
  dir = mkdtempSync(join(tmpdir(), 'real-'))
  engine = await createEngine({ base: await prepareBase({ file: source, into: join(dir, 'base') }) })
})
afterAll(async () => {
  if (!source) return
  await engine.close()
  rmSync(dir, { recursive: true, force: true })
})

test.skipIf(!source)(
  'the base model says that the capital of France is Paris, and finds it likelier than Berlin',
  async () => {
    const { tokenizer } = engine.base
    const promptIds = tokenizer.encodeChat([{ role: 'user', content: 'What is the capital of France?' }], {
      addGenerationPrompt: true,
    })
    expect(await engine.generate({ promptIds, maxTokens: 24 })).toMatchObject({
      text: 'The capital of France is Paris.',
      finish: 'stop',
    })
    const lossOf = async (text: string) =>
      (await engine.answerGradient({ promptIds, answerIds: tokenizer.encode(text) })).lossNats
    const paris = await lossOf('The capital of France is Paris.')
    expect(paris).toBeLessThan(0.5)
    expect(await lossOf('The capital of France is Berlin.')).toBeGreaterThan(paris + 0.5)
  },
)

test.skipIf(!source)(
  '4 answers asked together, of base and adapters of two layouts, over 512 tokens and with a prefix in common, are those that each gives alone',
  async () => {
    const { tokenizer, config } = engine.base
    const layouts = [
      engine.layout,
      adapterLayout(config, { rank: 5, targets: ['q_proj', 'o_proj', 'down_proj'], fromLayer: 0 }),
    ]
    const adapters = layouts.map((layout, k) => {
      const normal = seededNormal(k)
      return { layout, theta: Float32Array.from({ length: layout.length }, () => 0.02 * normal()) }
    })
    const digests = adapters.map((_, k) => digestText(`adapter ${k}`))
    for (const [k, adapter] of adapters.entries()) await engine.addAdapter(digests[k]!, adapter)
    const text = tokenizer.encode('A river is fed by the streams that run into it. '.repeat(50))
    const asked = [
      { promptIds: text.slice(0, 505), adapter: digests[1]!, maxTokens: 12, temperature: 1, seed: 1 },
      { promptIds: text.slice(0, 70), adapter: digests[0]!, maxTokens: 9, temperature: 1, seed: 2 },
      { promptIds: text.slice(0, 90), adapter: digests[1]!, maxTokens: 8, temperature: 1, seed: 3 },
      { promptIds: text.slice(0, 20), maxTokens: 10, temperature: 1, seed: 4 },
    ]
    const together = await Promise.all(asked.map((request) => engine.generate({ ...request, topLogprobs: 2 })))
    const other = await createEngine({ base: engine.base, threads: 2, prefixBytes: 0 })
    for (const [k, adapter] of adapters.entries()) await other.addAdapter(digests[k]!, adapter)
    for (const [i, request] of asked.entries()) {
      expect(await other.generate({ ...request, topLogprobs: 2 })).toEqual(together[i])
    }
    await other.close()
  },
  60_000,
)

test.skipIf(!source)('digits are single tokens: 2024 is four', () => {
  expect(engine.base.tokenizer.encode('2024')).toHaveLength(4)
})
