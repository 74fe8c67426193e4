import type { InferenceSession } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { digestText, type Digest } from '../../kernel/index.ts'
import type { Adapter } from '../adapters/Adapter.ts'
import { adapterLayout } from '../adapters/AdapterLayout.ts'
import { allTargets, openGraph, seededNormal, serveGraph, tinyLlama, type TinyLlama } from '../graph/index.ts'
import { llamaForward, type ReferenceLora } from '../graph/reference/llamaForward.ts'
import { tempDir } from '../graph/reference/tempDir.ts'
import { AdapterPool } from './AdapterPool.ts'
import { Decoder, type DecoderParts, type DecodeRow } from './Decoder.ts'
import { seededUniform } from './seededUniform.ts'

const dir = tempDir()
const longContext = { max_position_embeddings: 768 }
const variants = {
  'tied head': tinyLlama(`${dir}/tied`, { seed: 3, config: longContext }),
  'own head, one key head, head_dim 8, rope theta': tinyLlama(`${dir}/untied`, {
    seed: 4,
    tied: false,
    config: { ...longContext, num_key_value_heads: 1, head_dim: 8, rope_theta: 500 },
  }),
}
const base = digestText('base')
const uniform = seededUniform('decoder')
const pick = (n: number): number => Math.floor(uniform() * n)

/** What a row is to compute: its prompt, then these tokens, whatever the logits say. */
type Script = { promptIds: Int32Array; tokens: number[]; adapter?: Digest }

describe.each(Object.entries(variants))('Decoder, %s', (_, { dir: folder, config, weights, tensors }: TinyLlama) => {
  const projections = Array.from({ length: 3 }, (_unused, layer) =>
    allTargets.map((target) => ({ layer, target })),
  ).flat()
  const bytes = serveGraph(config, weights, { projections, maxPositions: 768 }).encode()
  let session: InferenceSession
  beforeAll(async () => {
    session = await openGraph(bytes, { dir: folder })
  })

  // Ranks, targets and blocks all differ, so that every batch pads.
  const layouts = [
    adapterLayout(config, { rank: 3, alpha: 6, targets: ['q_proj', 'v_proj'] }),
    adapterLayout(config, { rank: 8, targets: allTargets, fromLayer: 1 }),
    adapterLayout(config, { rank: 1, targets: ['down_proj', 'o_proj'], layers: [0, 2], rsLora: true }),
    adapterLayout(config, { rank: 20, targets: ['k_proj', 'q_proj', 'gate_proj'] }),
  ]
  const adapters = new Map<Digest, Adapter>(
    Array.from({ length: 8 }, (_unused, k) => {
      const layout = layouts[k % layouts.length]!
      const normal = seededNormal(50 + k)
      return [
        digestText(`adapter ${k}`),
        { layout, theta: Float32Array.from({ length: layout.length }, () => 0.3 * normal()) },
      ]
    }),
  )
  const digests = [...adapters.keys()]

  function open(changes: Partial<DecoderParts> = {}): { decoder: Decoder; pool: AdapterPool } {
    const pool = new AdapterPool({ maxBytes: 2 ** 30 })
    for (const [digest, adapter] of adapters) pool.add(digest, adapter)
    const parts = {
      session,
      config,
      base,
      adapters: pool,
      projections,
      rows: 4,
      contextTokens: 768,
      prefixBytes: 2 ** 22,
    }
    return { decoder: new Decoder({ ...parts, ...changes }), pool }
  }

  async function prefill(decoder: Decoder, row: DecodeRow): Promise<Float32Array> {
    for (;;) {
      const logits = await decoder.prefill(row)
      if (logits) return logits
    }
  }

  /** The logits after the prompt and after each token, of a row that is alone in a decoder that keeps no prefix. */
  async function alone({ tokens, ...request }: Script, changes: Partial<DecoderParts> = {}): Promise<Float32Array[]> {
    const { decoder } = open({ rows: 1, prefixBytes: 0, ...changes })
    const row = decoder.admit(request)
    const seen = [await prefill(decoder, row)]
    for (const token of tokens) seen.push(...(await steps(decoder, [{ row, token }])))
    decoder.release(row)
    return seen
  }
  async function steps(decoder: Decoder, rows: { row: DecodeRow; token: number }[]): Promise<Float32Array[]> {
    return (await decoder.step(rows)).map((found) => {
      if (found instanceof Error) throw found
      return found
    })
  }

  const opening = Array.from({ length: 600 }, () => pick(config.vocab_size))
  const prompt = (shared: number, own: number): Int32Array =>
    Int32Array.from([...opening.slice(0, shared), ...Array.from({ length: own }, () => pick(config.vocab_size))])
  const script = (shared: number, own: number, tokens: number, adapter: number): Script => ({
    promptIds: prompt(shared, own),
    tokens: Array.from({ length: tokens }, () => pick(config.vocab_size)),
    ...(adapter < digests.length ? { adapter: digests[adapter]! } : {}),
  })

  it('gives the logits of the float64 reference after each token, within 2e-5, over chunks and lanes', async () => {
    for (const one of [
      script(0, 11, 6, 0),
      script(100, 1, 3, 1),
      script(64, 64, 3, 3),
      script(0, 5, 3, 2),
      script(500, 10, 4, 8),
    ]) {
      const all = [...one.promptIds, ...one.tokens]
      const wanted = llamaForward(config, tensors, all, referenceOf(adapters.get(one.adapter!)))
      const seen = await alone(one)
      expect(seen).toHaveLength(one.tokens.length + 1)
      for (const [t, logits] of seen.entries()) {
        expect(distance(logits, wanted[one.promptIds.length - 1 + t]!)).toBeLessThan(2e-5)
      }
    }
  })

  it('gives the same bits on 1 to 4 threads', async () => {
    const one = script(70, 9, 4, 1)
    const seen = await alone(one)
    for (const threads of [2, 3, 4]) {
      expect(await alone(one, { session: await openGraph(bytes, { dir: folder, threads }) })).toEqual(seen)
    }
  })

  it('gives rows of 260 random mixes the bits of each alone: joins, leaves, waits, prefixes, lanes, adapters that come and go', async () => {
    const scripts = Array.from({ length: 30 }, (_unused, i) =>
      i < 4 ? script(448, 60, 7, pick(9)) : script([0, 64, 130][pick(3)]!, 1 + pick(80), 1 + pick(5), pick(9)),
    )
    const wanted = await Promise.all(scripts.map((one) => alone(one)))
    const oneAdapter = Math.max(...Array.from(adapters.values(), ({ theta }) => theta.byteLength))
    // Too little memory for all adapters and prefixes: both come and go all the time.
    const pool = new AdapterPool({ maxBytes: 2 * oneAdapter })
    const { decoder } = open({ adapters: pool, prefixBytes: 2 ** 20 })
    let [mixes, compared, together, reused, swaps] = [0, 0, 0, 0, 0]
    const running: { which: number; row: DecodeRow; at: number }[] = []
    const leave = (one: (typeof running)[number]): void => {
      decoder.release(one.row)
      running.splice(running.indexOf(one), 1)
    }
    const compare = ({ which, at }: (typeof running)[number], logits: Float32Array): void => {
      expect(logits, `script ${which} after ${at}`).toEqual(wanted[which]![at])
      compared++
    }
    while (mixes < 260) {
      while (decoder.free > 0 && uniform() < 0.8) {
        const which = pick(30)
        const { promptIds, adapter } = scripts[which]!
        if (adapter !== undefined && !pool.has(adapter)) {
          pool.add(adapter, adapters.get(adapter)!)
          swaps++
        }
        const row = decoder.admit({ promptIds, ...(adapter === undefined ? {} : { adapter }) })
        const one = { which, row, at: 0 }
        running.push(one)
        // Some prompts go in while others decode.
        if (uniform() < 0.7) compare(one, await prefill(decoder, row))
      }
      for (const one of running.filter(({ row }) => row.length < row.promptIds.length)) {
        const logits = await decoder.prefill(one.row)
        if (logits) compare(one, logits)
      }
      const ready = running.filter(
        ({ row, which, at }) => row.length >= row.promptIds.length && at < scripts[which]!.tokens.length,
      )
      const chosen = ready.filter(() => uniform() < 0.85).toSorted(() => uniform() - 0.5)
      if (chosen.length > 0) {
        const found = await steps(
          decoder,
          chosen.map(({ which, row, at }) => ({ row, token: scripts[which]!.tokens[at]! })),
        )
        for (const [i, one] of chosen.entries()) {
          one.at++
          compare(one, found[i]!)
        }
        mixes++
        if (chosen.length > 1) together++
      }
      for (const one of running.slice()) {
        const isOver = one.at === scripts[one.which]!.tokens.length && one.row.length >= one.row.promptIds.length
        if (isOver) reused += one.row.reused
        if (isOver || uniform() < 0.02) leave(one)
      }
    }
    expect({ together: together > 150, compared: compared > 500, reused: reused > 2_000, swaps: swaps > 60 }).toEqual({
      together: true,
      compared: true,
      reused: true,
      swaps: true,
    })
  })

  it('takes over a prefix under the same adapter only, block by block, and computes the last token always', async () => {
    const { decoder, pool } = open()
    const promptIds = prompt(0, 128)
    const reusedBy = async (ids: Int32Array, adapter: Digest): Promise<number> => {
      const row = decoder.admit({ promptIds: ids, adapter })
      await prefill(decoder, row)
      decoder.release(row)
      return row.reused
    }
    expect(await reusedBy(promptIds, digests[0]!)).toBe(0)
    expect(await reusedBy(promptIds, digests[0]!)).toBe(64)
    expect(await reusedBy(Int32Array.from([...promptIds, 5]), digests[0]!)).toBe(128)
    expect(await reusedBy(Int32Array.from([...promptIds.subarray(0, 100), 1, 2, ...promptIds]), digests[0]!)).toBe(64)
    expect(await reusedBy(promptIds.with(0, (promptIds[0]! + 1) % config.vocab_size), digests[0]!)).toBe(0)
    // A name that now means another adapter brings another digest.
    const renamed = digestText('the new version')
    pool.add(renamed, adapters.get(digests[4]!)!)
    expect(await reusedBy(promptIds, renamed)).toBe(0)
  })

  it('frees a row at once, in the middle of its prompt too, and refuses an adapter that is not there', async () => {
    const { decoder } = open({ rows: 2 })
    const one = script(100, 50, 1, 0)
    const row = decoder.admit(one)
    await decoder.prefill(row)
    decoder.release(row)
    expect(decoder.free).toBe(2)
    expect(() => decoder.admit({ ...one, adapter: digestText('nobody') })).toThrow(
      expect.objectContaining({ code: 'models/adapter-absent', retry: true }),
    )
    expect(decoder.free).toBe(2)
  })

  it('says of each row why a step failed', async () => {
    const broken = { run: () => Promise.reject(new Error('no memory')) } as unknown as InferenceSession
    let isBroken = false
    const wrapped = {
      run: (...input: Parameters<InferenceSession['run']>) => (isBroken ? broken : session).run(...input),
    }
    const { decoder } = open({ session: wrapped as unknown as InferenceSession })
    const one = script(0, 5, 1, 0)
    const row = decoder.admit(one)
    await prefill(decoder, row)
    isBroken = true
    expect(await decoder.step([{ row, token: 1 }])).toEqual([new Error('no memory')])
    isBroken = false
    const [, wanted] = await alone(one)
    expect(await steps(decoder, [{ row, token: one.tokens[0]! }])).toEqual([wanted])
  })
})

function referenceOf(adapter: Adapter | undefined): ReferenceLora {
  return (layer, target) => {
    const module = adapter?.layout.modules.find((one) => one.layer === layer && one.target === target)
    if (!adapter || !module) return undefined
    const { rank, scale, in: inputs, out } = module
    const rows = (start: number, n: number, columns: number, factor: number): number[][] =>
      Array.from({ length: n }, (_, i) =>
        Array.from({ length: columns }, (_unused, j) => factor * adapter.theta[start + i * columns + j]!),
      )
    return { A: rows(module.A, inputs, rank, 1), B: rows(module.B, rank, out, scale) }
  }
}

/** Largest difference, relative to the spread of the wanted numbers. */
function distance(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  const numbers = Array.from(wanted)
  const spread = Math.max(...numbers) - Math.min(...numbers)
  return Math.max(...numbers.map((v, i) => Math.abs(v - found[i]!))) / spread
}
