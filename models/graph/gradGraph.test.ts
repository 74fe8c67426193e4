import { describe, expect, it } from 'vitest'
import { gradGraph } from './gradGraph.ts'
import type { Projection } from './llama/loraLeaves.ts'
import { allTargets, type Target } from './llama/target.ts'
import { openGraph } from './openGraph.ts'
import { prefixGraph } from './prefixGraph.ts'
import {
  floats,
  gradFeeds,
  projectionsOf,
  randomAdapters,
  randomRow,
  referenceAdapter,
  rowFactors,
  type Feeds,
  type Row,
  type Stacks,
} from './reference/batch.ts'
import { llamaForward, referenceLoss } from './reference/llamaForward.ts'
import { tempDir } from './reference/tempDir.ts'
import { tinyLlama } from './tinyLlama.ts'

const dir = tempDir()
const variants = {
  'tied head': tinyLlama(`${dir}/tied`, { seed: 3 }),
  'own head, head_dim and rope theta': tinyLlama(`${dir}/untied`, {
    seed: 4,
    tied: false,
    config: { num_key_value_heads: 1, head_dim: 8, rope_theta: 500 },
  }),
}

type Outputs = Record<string, Float32Array>
type Run = (rows: readonly Row[], length: number, labels: number, lora: Feeds, more?: Feeds) => Promise<Outputs>

async function open(
  tiny: (typeof variants)['tied head'],
  {
    targets,
    from = 0,
    ...options
  }: { targets: readonly Target[]; from?: number; hidden?: boolean; gradients?: boolean },
  threads = 1,
): Promise<Run> {
  const layers = tiny.config.num_hidden_layers
  const graph = gradGraph(tiny.config, tiny.weights, { ...options, projections: projectionsOf(targets, layers, from) })
  const session = await openGraph(graph.encode(), { dir: tiny.dir, threads })
  return async (rows, length, labels, lora, more = {}) => {
    const { input_ids, ...feeds } = gradFeeds(rows, length, labels)
    const source: Feeds = options.hidden ? {} : { input_ids: input_ids! }
    const found = await session.run({ ...source, ...feeds, ...rowFactors(lora, rows, { layers, from }), ...more })
    return Object.fromEntries(
      Object.entries(found).map(([name, value]) => [name, Float32Array.from(value.data as Float32Array)]),
    )
  }
}

describe.each(Object.entries(variants))('gradGraph, %s', (_, tiny) => {
  const { config, tensors } = tiny
  const lora = randomAdapters(config, { targets: allTargets, adapters: 3, rank: 2 })

  it('gives the loss of the float64 reference within 2e-6 relative, for the base and for two adapters', async () => {
    const rows = [0, 1, 2].map((adapter) => randomRow(config, 9 + adapter, 4 + adapter, 11 + adapter, adapter))
    const run = await open(tiny, { targets: allTargets })
    const { loss } = await run(rows, 12, 7, lora)
    const lossOnly = await open(tiny, { targets: allTargets, gradients: false })
    expect(await lossOnly(rows, 12, 7, lora)).toEqual({ loss })
    for (const [i, row] of rows.entries()) {
      const logits = llamaForward(config, tensors, row.tokens, referenceAdapter(config, lora, row.adapter))
      const wanted = referenceLoss(logits, row.labels)
      expect(wanted).toBeGreaterThan(1)
      expect(Math.abs(loss![i]! - wanted) / wanted).toBeLessThan(2e-6)
    }
  })

  it('gives the gradient of every target in every block: central differences of the reference agree to 1e-4', async () => {
    const row = randomRow(config, 8, 4, 5, 1)
    const run = await open(tiny, { targets: allTargets })
    const found = await run([row], 8, 4, lora)
    const step = 1e-4
    let compared = 0
    for (const target of allTargets) {
      for (const factor of ['A', 'B'] as const) {
        for (let layer = 0; layer < config.num_hidden_layers; layer++) {
          const gradient = found[`grad_${factor}.${layer}.${target}`]!
          const scale = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0) / gradient.length)
          const base = referenceAdapter(config, lora, 1)
          const at = (layer * 7 + target.length * 3) % gradient.length
          const lossAt = (by: number): number => {
            const logits = llamaForward(config, tensors, row.tokens, (l, t) => {
              const pair = base(l, t)
              if (!pair || l !== layer || t !== target) return pair
              const moved = pair[factor]
              const columns = moved[0]!.length
              moved[Math.floor(at / columns)]![at % columns]! += by
              return pair
            })
            return referenceLoss(logits, row.labels)
          }
          const difference = (lossAt(step) - lossAt(-step)) / (2 * step)
          expect(Math.abs(gradient[at]! - difference)).toBeLessThan(1e-4 * (scale + Math.abs(difference)))
          compared++
        }
      }
    }
    expect(compared).toBe(7 * 2 * 3)
  })

  it('along a random direction through all factors, the gradient agrees with central differences to 1e-5 relative', async () => {
    const row = randomRow(config, 10, 5, 6, 2)
    const run = await open(tiny, { targets: allTargets })
    const found = await run([row], 10, 5, lora)
    const direction = randomAdapters(config, { targets: allTargets, adapters: 3, rank: 2, seed: 99 })
    const step = 1e-4
    let slope = 0
    const moved = (sign: number): Stacks =>
      Object.fromEntries(
        Object.entries(lora).map(([name, tensor]) => {
          const along = direction[name]!.data as Float32Array
          const data = Array.from(tensor.data as Float32Array, (value, i) => value + sign * step * along[i]!)
          return [name, { dims: tensor.dims, data }]
        }),
      )
    for (const [name, { data }] of Object.entries(rowFactors(direction, [row], { layers: config.num_hidden_layers }))) {
      found[name.replace('lora', 'grad')]!.forEach((g, i) => (slope += g * (data as Float32Array)[i]!))
    }
    const loss = (feeds: Stacks): number =>
      referenceLoss(llamaForward(config, tensors, row.tokens, referenceAdapter(config, feeds, 2)), row.labels)
    const difference = (loss(moved(1)) - loss(moved(-1))) / (2 * step)
    expect(Math.abs(difference)).toBeGreaterThan(0.1)
    expect(Math.abs(slope - difference) / Math.abs(difference)).toBeLessThan(1e-5)
  })

  it('from a cached prefix, gives the bits of loss and gradient that the whole graph gives', async () => {
    const rows = [randomRow(config, 9, 4, 1, 1), randomRow(config, 12, 6, 2, 2)]
    const { input_ids, attention_mask } = gradFeeds(rows, 12, 6)
    const late = randomAdapters(config, { targets: ['q_proj', 'v_proj'], adapters: 3, rank: 4, from: 1 })
    const prefix = await openGraph(prefixGraph(config, tiny.weights, 1).encode(), { dir: tiny.dir })
    const { hidden } = await prefix.run({ input_ids: input_ids!, attention_mask: attention_mask! })
    const options = { targets: ['q_proj', 'v_proj'] as const, from: 1 }
    const whole = await (await open(tiny, options))(rows, 12, 6, late)
    const cached = await (await open(tiny, { ...options, hidden: true }))(rows, 12, 6, late, { hidden: hidden! })
    expect(cached).toEqual(whole)
    expect(Object.keys(whole)).toHaveLength(1 + 2 * 2 * 2)
  })

  it.each([
    { length: 32, labels: 9 },
    { length: 29, labels: 7 },
    { length: 31, labels: 1 },
  ])(
    'padded to $length tokens and $labels labels, a row has the same bits alone, in a ragged batch of mixed adapters, on 1 to 4 threads, and again',
    async ({ length, labels }) => {
      const rows = Array.from({ length: 5 }, (_unused, i) =>
        randomRow(config, length - 2 * i, Math.max(1, labels - i), 40 + i, i % 3),
      )
      const one = await open(tiny, { targets: allTargets })
      const together = await one(rows, length, labels, lora)
      expect(await one(rows, length, labels, lora)).toEqual(together)
      for (const [i, row] of rows.entries()) {
        const alone = await one([row], length, labels, lora)
        for (const [name, data] of Object.entries(alone)) {
          expect(together[name]!.subarray(i * data.length, (i + 1) * data.length), `${name} of row ${i}`).toEqual(data)
        }
      }
      for (const threads of [2, 3, 4]) {
        const run = await open(tiny, { targets: allTargets }, threads)
        expect(await run(rows, length, labels, lora), `${threads} threads`).toEqual(together)
      }
    },
  )
})

it('a label of weight 0 changes no bit of loss or gradient, whatever its token', async () => {
  const tiny = variants['tied head']
  const lora = randomAdapters(tiny.config, { targets: ['q_proj'], adapters: 2, rank: 2 })
  const row = randomRow(tiny.config, 8, 3, 5, 1)
  const run = await open(tiny, { targets: ['q_proj'] })
  const padded = (token: number) => ({ ...row, labels: [...row.labels, { position: 2, token, weight: 0 }] })
  const [first, second] = [await run([padded(3)], 8, 4, lora), await run([padded(9)], 8, 4, lora)]
  expect(first).toEqual(second)
  expect(first['grad_A.1.q_proj']!.some((g) => g !== 0)).toBe(true)
})

it('adapts any projections with any ranks: gradients of odd places of ranks 1 to 3 are those of the same places among all', async () => {
  const tiny = variants['tied head']
  const { config } = tiny
  const layers = config.num_hidden_layers
  const rows = [randomRow(config, 9, 4, 21, 1), randomRow(config, 7, 3, 22, 2)]
  const projections = [
    { layer: 2, target: 'q_proj' },
    { layer: 0, target: 'down_proj' },
    { layer: 2, target: 'gate_proj' },
  ] as const
  const ranks: Record<string, number> = { '2.q_proj': 3, '0.down_proj': 1, '2.gate_proj': 2 }
  // The same numbers in a graph of all projections, where the others are 0 and lower ranks are padded with 0.
  const all = rowFactors(randomAdapters(config, { targets: allTargets, adapters: 3, rank: 3 }), rows, { layers })
  const own: Feeds = {}
  for (const [name, tensor] of Object.entries(all)) {
    const [b, rowsOf, columns] = tensor.dims as [number, number, number]
    const rank = ranks[name.slice('lora_A.'.length)] ?? 0
    const isA = name.startsWith('lora_A')
    const [r, c] = isA ? [rowsOf, rank] : [rank, columns]
    const data = tensor.data as Float32Array
    const kept: number[] = []
    for (let i = 0; i < data.length; i++) {
      const [at, column] = [Math.floor(i / columns) % rowsOf, i % columns]
      if (at < r && column < c) kept.push(data[i]!)
      else data[i] = 0
    }
    if (rank > 0) own[name] = floats(kept, [b, r, c])
  }
  const { attention_mask, ...feeds } = gradFeeds(rows, 9, 4)
  const run = async (places: readonly Projection[], factors: Feeds) => {
    const session = await openGraph(gradGraph(config, tiny.weights, { projections: places }).encode(), {
      dir: tiny.dir,
    })
    return session.run({ ...feeds, attention_mask: attention_mask!, ...factors })
  }
  const [some, every] = [await run(projections, own), await run(projectionsOf(allTargets, layers), all)]
  expect(Object.keys(some)).toHaveLength(1 + 2 * 3)
  for (const [name, { data, dims }] of Object.entries(some)) {
    const [found, wanted] = [data as Float32Array, every[name]!]
    const width = wanted.dims.at(-1)!
    const height = wanted.dims.at(-2) ?? 1
    for (let i = 0; i < found.length; i++) {
      const [row, column] = [Math.floor(i / dims.at(-1)!), i % dims.at(-1)!]
      const perRow = dims.at(-2) ?? 1
      const at = name === 'loss' ? i : (Math.floor(row / perRow) * height + (row % perRow)) * width + column
      expect(Math.abs(found[i]! - (wanted.data as Float32Array)[at]!), `${name} ${i}`).toBeLessThan(2e-6)
    }
  }
})

it.each([
  { projections: [], code: 'graph/no-target' },
  { projections: [{ layer: 3, target: 'q_proj' }] as const, code: 'graph/no-target' },
])('refuses $projections as $code', ({ projections, code }) => {
  const { config, weights } = variants['tied head']
  expect(() => gradGraph(config, weights, { projections })).toThrow(expect.objectContaining({ code }))
})
