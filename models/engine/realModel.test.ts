import { Ajv } from 'ajv'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import { seededNormal } from '../graph/index.ts'
import { adapterLayout, createEngine, encodeRow, prepareBase, type Engine } from '../index.ts'

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
  '4 answers asked together, of base and adapters of two layouts, are those that each gives alone and after its prefix was kept',
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
    const text = tokenizer.encode('A river is fed by the streams that run into it. '.repeat(20))
    const asked = [
      { promptIds: text.slice(0, 130), adapter: digests[1]!, maxTokens: 7, temperature: 1, seed: 1 },
      { promptIds: text.slice(0, 70), adapter: digests[0]!, maxTokens: 6, temperature: 1, seed: 2 },
      { promptIds: text.slice(0, 90), adapter: digests[1]!, maxTokens: 5, temperature: 1, seed: 3 },
      { promptIds: text.slice(0, 20), maxTokens: 6, temperature: 1, seed: 4 },
    ]
    const together = await Promise.all(asked.map((request) => engine.generate({ ...request, topLogprobs: 2 })))
    for (const [i, request] of asked.entries()) {
      expect(await engine.generate({ ...request, topLogprobs: 2 })).toEqual(together[i])
    }
  },
  120_000,
)

test.skipIf(!source)('digits are single tokens: 2024 is four', () => {
  expect(engine.base.tokenizer.encode('2024')).toHaveLength(4)
})

test.skipIf(!source)(
  'answers of the base model by three schemas are valid by them, and cut after 6 tokens they are their beginnings',
  async () => {
    const { tokenizer } = engine.base
    const ajv = new Ajv()
    const person = {
      type: 'object',
      properties: {
        name: { type: 'string', maxLength: 20 },
        born: { type: ['integer', 'null'] },
        papers: { type: 'array', items: { enum: ['relativity', 'radiation', 'gravity'] }, minItems: 1, maxItems: 2 },
      },
      required: ['name', 'born', 'papers'],
      additionalProperties: false,
    }
    const city = { anyOf: [{ enum: ['Paris', 'Berlin', 'Rome'] }, { type: 'null' }] }
    const asked = [
      ['Who was Albert Einstein? Answer in JSON.', person, 0],
      ['Invent a physicist.', person, 1],
      ['What is the capital of France?', city, 0],
    ] as const
    const texts = await Promise.all(
      asked.map(async ([content, schema, temperature], seed) => {
        const promptIds = tokenizer.encodeChat([{ role: 'user', content }], { addGenerationPrompt: true })
        const request = { promptIds, schema: JSON.stringify(schema), temperature, seed }
        const [{ text, finish }, cut] = await Promise.all([
          engine.generate({ ...request, maxTokens: 80 }),
          engine.generate({ ...request, maxTokens: 6 }),
        ])
        expect([finish, ajv.validate(schema, JSON.parse(text)), ajv.errors]).toEqual(['stop', true, null])
        expect(text.startsWith(cut.text.replace(/\ufffd+$/, ''))).toBe(true)
        expect(cut.finish).toBe(cut.text === text ? 'stop' : 'length')
        return text
      }),
    )
    expect(texts[0]).toContain('Einstein')
  },
)

test.skipIf(!source)(
  'an answer under adapters near and far loses what each loses by itself to 5e-6 nats, the same to the bit in any company',
  async () => {
    const { tokenizer } = engine.base
    const promptIds = tokenizer.encodeChat([{ role: 'user', content: 'What feeds a river?' }], {
      addGenerationPrompt: true,
    })
    const answerIds = tokenizer.encode('The streams that run into it, and now and then the rain.')
    const noise = (seed: number, size: number) => {
      const normal = seededNormal(seed)
      return Float32Array.from({ length: engine.layout.length }, () => size * normal())
    }
    const main = noise(1, 0.02)
    const thetas = [main, ...[1e-4, 1e-3, 1e-2].map((by, k) => noise(k + 2, by).map((value, i) => main[i]! + value))]
    const together = await engine.answerLosses({ promptIds, answerIds, thetas })
    const row = encodeRow(promptIds, answerIds)
    const [hidden] = await engine.prefixStates([row])
    const alone = await engine.rowLosses(
      thetas.map((_, adapter) => ({ row, hidden: hidden!, adapter })),
      thetas,
    )
    for (const [k, loss] of together.lossesNats.entries()) expect(Math.abs(loss - alone[k]!)).toBeLessThan(5e-6)
    expect(Math.abs(together.lossesNats[3]! - together.lossesNats[0]!)).toBeGreaterThan(1e-4)
    for (const k of [1, 3]) {
      const { lossesNats } = await engine.answerLosses({ promptIds, answerIds, thetas: [main, thetas[k]!] })
      expect(lossesNats[1]).toBe(together.lossesNats[k])
    }
  },
)
