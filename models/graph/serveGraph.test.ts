import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { headDim } from './llama/llamaSizes.ts'
import { allTargets } from './llama/target.ts'
import { openGraph } from './openGraph.ts'
import { floats, ints, ints32, randomAdapters, randomRow, referenceAdapter } from './reference/batch.ts'
import { llamaForward } from './reference/llamaForward.ts'
import { tempDir } from './reference/tempDir.ts'
import { serveGraph } from './serveGraph.ts'
import { tinyLlama } from './tinyLlama.ts'

const dir = tempDir()
const capacity = 48
const variants = {
  'tied head': tinyLlama(`${dir}/tied`, { seed: 3 }),
  'own head, head_dim and rope theta': tinyLlama(`${dir}/untied`, {
    seed: 4,
    tied: false,
    config: { num_key_value_heads: 1, head_dim: 16, rope_theta: 500 },
  }),
}
type Cache = Tensor[]
type Chunk = { tokens: readonly number[]; adapter: number; before: number }

describe.each(Object.entries(variants))('serveGraph, %s', (_, { dir: folder, config, weights, tensors }) => {
  const lora = randomAdapters(config, { targets: allTargets, adapters: 4, rank: 3 })
  const bytes = serveGraph(config, weights, { targets: allTargets }).encode()
  const open = (threads = 1): Promise<InferenceSession> => openGraph(bytes, { dir: folder, threads })

  const cacheOf = (rows: number): Cache =>
    Array.from({ length: 2 * config.num_hidden_layers }, () => {
      const dims = [rows, config.num_key_value_heads, capacity, headDim(config)]
      return floats(new Float32Array(dims.reduce((a, b) => a * b)), dims)
    })
  const named = (cache: Cache, prefix: string): Record<string, Tensor> =>
    Object.fromEntries(cache.map((t, i) => [`${prefix}.${i >> 1}.${i % 2 ? 'value' : 'key'}`, t]))

  /** Runs one chunk a row, updating the cache in place; returns each row's logits. */
  async function step(
    session: InferenceSession,
    cache: Cache,
    chunks: readonly Chunk[],
    padTo = 0,
  ): Promise<Float32Array[]> {
    const b = chunks.length
    const s = Math.max(padTo, ...chunks.map((chunk) => chunk.tokens.length))
    const totals = chunks.map((chunk) => chunk.before + chunk.tokens.length)
    const feeds = {
      input_ids: ints(
        chunks.flatMap(({ tokens }) => [...tokens, ...Array<number>(s - tokens.length).fill(0)]),
        [b, s],
      ),
      seqlens_k: ints32(
        totals.map((total) => total - 1),
        [b],
      ),
      total_sequence_length: ints32([Math.max(s, ...totals)], [1]),
      last: ints(
        chunks.map(({ tokens }) => tokens.length - 1),
        [b, 1],
      ),
      adapter_idx: ints(
        chunks.map(({ adapter }) => adapter),
        [b],
      ),
      ...named(cache, 'past_key_values'),
      ...lora,
    }
    const { logits } = await session.run(feeds, { logits: null, ...named(cache, 'present') })
    const data = logits!.data as Float32Array
    return chunks.map((_row, i) => data.slice(i * config.vocab_size, (i + 1) * config.vocab_size))
  }
  const copyRow = (from: Cache, to: Cache, row: number): void =>
    from.forEach((t, i) => (to[i]!.data as Float32Array).set(t.data as Float32Array, row * t.data.length))

  const prompts = [11, 5, 1, 8].map((length, i) => randomRow(config, length, 0, 60 + i, i))
  const replies = prompts.map((_row, i) => randomRow(config, 6, 0, 80 + i).tokens)

  /** Prefill alone, then decode the reply token by token; the logits after each. */
  async function alone(session: InferenceSession, i: number): Promise<Float32Array[]> {
    const { tokens, adapter } = prompts[i]!
    const cache = cacheOf(1)
    const seen = await step(session, cache, [{ tokens, adapter, before: 0 }])
    for (const [t, token] of replies[i]!.entries()) {
      seen.push(...(await step(session, cache, [{ tokens: [token], adapter, before: tokens.length + t }])))
    }
    return seen
  }

  async function together(session: InferenceSession): Promise<Float32Array[][]> {
    const batch = cacheOf(prompts.length)
    const seen: Float32Array[][] = []
    for (const [i, { tokens, adapter }] of prompts.entries()) {
      const cache = cacheOf(1)
      seen.push(await step(session, cache, [{ tokens, adapter, before: 0 }]))
      copyRow(cache, batch, i)
    }
    for (let t = 0; t < 6; t++) {
      const chunks = prompts.map(({ tokens, adapter }, i) => ({
        tokens: [replies[i]![t]!],
        adapter,
        before: tokens.length + t,
      }))
      for (const [i, logits] of (await step(session, batch, chunks)).entries()) seen[i]!.push(logits)
    }
    return seen
  }

  it('decodes token by token the logits of the float64 reference and of a one-shot prefill, within 2e-5', async () => {
    const session = await open()
    for (const [i, { tokens, adapter }] of prompts.entries()) {
      const all = [...tokens, ...replies[i]!]
      const wanted = llamaForward(config, tensors, all, referenceAdapter(config, lora, adapter))
      const seen = await alone(session, i)
      expect(seen).toHaveLength(7)
      for (const [t, logits] of seen.entries()) {
        const at = tokens.length - 1 + t
        const [oneShot] = await step(session, cacheOf(1), [{ tokens: all.slice(0, at + 1), adapter, before: 0 }])
        expect(distance(logits, wanted[at]!)).toBeLessThan(2e-5)
        expect(distance(logits, oneShot!)).toBeLessThan(2e-5)
      }
    }
  })

  it('gives 4 rows of 4 adapters and lengths in one batch the bits that each gets alone, on 1 to 4 threads', async () => {
    const session = await open()
    const seen = await together(session)
    for (const i of prompts.keys()) expect(seen[i], `row ${i}`).toEqual(await alone(session, i))
    expect(await together(session)).toEqual(seen)
    for (const threads of [2, 3, 4]) expect(await together(await open(threads))).toEqual(seen)
    expect(seen[1]).not.toEqual(seen[2])
  })

  it('prefills a ragged batch padded on the right into an empty cache with the bits of each row padded alone', async () => {
    const session = await open()
    const chunks = prompts.map(({ tokens, adapter }) => ({ tokens, adapter, before: 0 }))
    const batched = await step(session, cacheOf(4), chunks)
    for (const [i, chunk] of chunks.entries()) {
      const [padded] = await step(session, cacheOf(1), [chunk], 11)
      expect(batched[i], `row ${i}`).toEqual(padded)
      const [bare] = await step(session, cacheOf(1), [chunk])
      expect(distance(padded!, bare!)).toBeLessThan(2e-5)
    }
  })

  it('updates the cache in place: present is the tensor given as past', async () => {
    const session = await open()
    const cache = cacheOf(1)
    await step(session, cache, [{ tokens: [5, 6, 7], adapter: 1, before: 0 }])
    const keys = cache[0]!.data as Float32Array
    const size = headDim(config)
    expect(keys.subarray(0, 3 * size).every((v) => v !== 0)).toBe(true)
    expect(keys.subarray(3 * size, capacity * size).every((v) => v === 0)).toBe(true)
  })

  it('without targets has no LoRA inputs, and serves the base that slot 0 of zeros serves', async () => {
    const bare = serveGraph(config, weights)
    expect(bare.inputs.map((input) => input.name).filter((name) => /lora|adapter/.test(name))).toEqual([])
    const session = await openGraph(bare.encode(), { dir: folder })
    const cache = cacheOf(1)
    const { logits } = await session.run(
      {
        input_ids: ints([4, 9], [1, 2]),
        seqlens_k: ints32([1], [1]),
        total_sequence_length: ints32([2], [1]),
        last: ints([1], [1, 1]),
        ...named(cache, 'past_key_values'),
      },
      { logits: null, ...named(cache, 'present') },
    )
    const [slot0] = await step(await open(), cacheOf(1), [{ tokens: [4, 9], adapter: 0, before: 0 }])
    expect(logits!.data).toEqual(slot0)
  })
})

/** Largest difference, relative to the spread of the wanted numbers. */
function distance(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  const numbers = Array.from(wanted)
  const spread = Math.max(...numbers) - Math.min(...numbers)
  return Math.max(...numbers.map((v, i) => Math.abs(v - found[i]!))) / spread
}
