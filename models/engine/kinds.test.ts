import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestText } from '../../kernel/index.ts'
import { llamaForward, referenceLoss, type ReferenceLora } from '../graph/reference/llamaForward.ts'
import { seededNormal } from '../graph/index.ts'
import {
  adapterLayout,
  allTargets,
  createEngine,
  encodeRow,
  initialAdapter,
  tinyBase,
  type Adapter,
  type BaseModel,
  type Engine,
  type LlamaConfig,
} from '../index.ts'

type Kind = { name: string; tied: boolean; config: Partial<LlamaConfig>; logits: number[] }
type Stored = { seed: number; ids: number[]; kinds: Kind[] }

// One tiny model of each kind, and what transformers gives for the token after `ids`: made by evals/writeKindLogits.ts.
const stored = JSON.parse(readFileSync(new URL('fixtures/kinds.json', import.meta.url), 'utf8')) as Stored
const { seed, ids: text } = stored
// Longer together than the original contexts of the kinds, so that scaling shows.
const [promptIds, answerIds] = [text.slice(0, 14), text.slice(14)]
const digest = digestText('an adapter')

function tensorsOf({ dir, weights }: BaseModel): Map<string, Float32Array> {
  const bytes = readFileSync(join(dir, weights.location))
  const at = ({ offset, length }: { offset: number; length: number }) =>
    new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + length))
  return new Map(Object.entries(weights.entries).map(([name, entry]) => [name, at(entry)]))
}

/** An adapter as the reference takes it; `along` moves theta by `by` in that direction. */
function referenceLora({ layout, theta }: Adapter, along?: Float32Array, by = 0): ReferenceLora {
  const value = (at: number): number => theta[at]! + by * (along?.[at] ?? 0)
  const matrix = (at: number, rows: number, columns: number, scale: number): number[][] =>
    Array.from({ length: rows }, (_, i) =>
      Array.from({ length: columns }, (_unused, j) => scale * value(at + i * columns + j)),
    )
  return (layer, target) => {
    const found = layout.modules.find((module) => module.layer === layer && module.target === target)
    if (!found) return undefined
    return { A: matrix(found.A, found.in, found.rank, 1), B: matrix(found.B, found.rank, found.out, found.scale) }
  }
}

const logSoftmax = (row: readonly number[]): number[] => {
  const most = Math.max(...row)
  const total = Math.log(row.reduce((sum, value) => sum + Math.exp(value - most), 0)) + most
  return row.map((value) => value - total)
}

describe.each(stored.kinds)('$name', ({ tied, config, logits }) => {
  let home: string
  let base: BaseModel
  let engine: Engine
  let adapter: Adapter
  let tensors: Map<string, Float32Array>
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'kinds-'))
    base = await tinyBase(home, { seed, tied, config })
    tensors = tensorsOf(base)
    const layout = adapterLayout(base.config, { rank: 2, targets: allTargets, fromLayer: 1 })
    engine = await createEngine({ base, layout, threads: 1, rows: 2 })
    adapter = initialAdapter(layout, 1)
    const normal = seededNormal(5)
    for (let i = 0; i < adapter.theta.length; i++) adapter.theta[i]! += 0.2 * normal()
    await engine.addAdapter(digest, adapter)
  })
  afterAll(async () => {
    await engine.close()
    rmSync(home, { recursive: true, force: true })
  })

  test('has the logits of transformers within 5e-6: the reference all of them, the engine the 20 largest', async () => {
    const reference = llamaForward(base.config, tensors, text).at(-1)!
    expect(logits).toHaveLength(base.config.vocab_size)
    for (const [i, logit] of logits.entries()) expect(Math.abs(reference[i]! - logit)).toBeLessThan(5e-6)
    const { logprobs } = await engine.generate({ promptIds: text, maxTokens: 1, topLogprobs: 20 })
    const largest = logSoftmax(logits).toSorted((a, b) => b - a)
    expect(logprobs![0]!.top_logprobs).toHaveLength(20)
    for (const [j, { logprob }] of logprobs![0]!.top_logprobs.entries()) {
      expect(Math.abs(logprob - largest[j]!)).toBeLessThan(5e-6)
    }
  })

  test('serves the log-probabilities of the float64 reference within 2e-5, with an adapter and without', async () => {
    for (const adapted of [undefined, adapter]) {
      const { ids, logprobs = [] } = await engine.generate({
        promptIds, maxTokens: 6, topLogprobs: 8, ...(adapted ? { adapter: digest } : {}),
      }) // prettier-ignore
      const lora = adapted ? referenceLora(adapted) : undefined
      const wanted = llamaForward(base.config, tensors, [...promptIds, ...ids], lora).map(logSoftmax)
      expect(logprobs.length).toBeGreaterThan(0)
      for (const [i, { logprob, top_logprobs: top }] of logprobs.entries()) {
        const place = wanted[promptIds.length - 1 + i]!
        expect(Math.abs(logprob - place[ids[i]!]!)).toBeLessThan(2e-5)
        const largest = place.toSorted((a, b) => b - a)
        expect(top).toHaveLength(8)
        for (const [j, likely] of top.entries()) expect(Math.abs(likely.logprob - largest[j]!)).toBeLessThan(2e-5)
      }
    }
  })

  test('loss and gradient are those of the reference: 2e-6 relative, and 1e-4 along a random direction', async () => {
    const row = encodeRow(promptIds, answerIds)
    const labels = answerIds.map((token, i) => ({
      position: promptIds.length - 1 + i,
      token,
      weight: 1 / answerIds.length,
    }))
    const lossAt = (lora: ReferenceLora): number =>
      referenceLoss(llamaForward(base.config, tensors, [...row.ids], lora), labels)
    const { lossNats, gradient } = await engine.answerGradient({ promptIds, answerIds, adapter: digest })
    const wanted = lossAt(referenceLora(adapter))
    expect(Math.abs(lossNats - wanted) / wanted).toBeLessThan(2e-6)

    const normal = seededNormal(8)
    const along = Float32Array.from({ length: adapter.theta.length }, () => normal())
    const step = 1e-4
    const slope = gradient.reduce((sum, g, i) => sum + g * along[i]!, 0)
    const difference =
      (lossAt(referenceLora(adapter, along, step)) - lossAt(referenceLora(adapter, along, -step))) / (2 * step)
    expect(Math.abs(difference)).toBeGreaterThan(0.05)
    expect(Math.abs(slope - difference) / Math.abs(difference)).toBeLessThan(1e-4)
  })
})
