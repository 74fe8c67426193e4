import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEngine, prepareBase, type Engine } from '../index.ts'

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

test.skipIf(!source)('digits are single tokens: 2024 is four', () => {
  expect(engine.base.tokenizer.encode('2024')).toHaveLength(4)
})
