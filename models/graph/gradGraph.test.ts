import { describe, expect, it } from 'vitest'
import { gradGraph } from './gradGraph.ts'
import { allTargets } from './llama/target.ts'
import { openGraph } from './openGraph.ts'
import { prefixGraph } from './prefixGraph.ts'
import { gradFeeds, randomAdapters, randomRow, referenceAdapter, type Feeds, type Stacks } from './reference/batch.ts'
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
type Opened = { run: (feeds: Feeds) => Promise<Outputs> }

async function open(
  tiny: (typeof variants)['tied head'],
  options: Parameters<typeof gradGraph>[2],
  threads = 1,
): Promise<Opened> {
  const session = await openGraph(gradGraph(tiny.config, tiny.weights, options).encode(), { dir: tiny.dir, threads })
  return {
    run: async (feeds) =>
      Object.fromEntries(
        Object.entries(await session.run(feeds)).map(([name, value]) => [
          name,
          Float32Array.from(value.data as Float32Array),
        ]),
      ),
  }
}

describe.each(Object.entries(variants))('gradGraph, %s', (_, tiny) => {
  const { config, tensors } = tiny
  const lora = randomAdapters(config, { targets: allTargets, adapters: 3, rank: 2 })

  it('gives the loss of the float64 reference within 2e-6 relative, for the base and for two adapters', async () => {
    const rows = [0, 1, 2].map((adapter) => randomRow(config, 9 + adapter, 4 + adapter, 11 + adapter, adapter))
    const { run } = await open(tiny, { targets: allTargets })
    const { loss } = await run({ ...gradFeeds(rows, 12, 7), ...lora })
    for (const [i, row] of rows.entries()) {
      const logits = llamaForward(config, tensors, row.tokens, referenceAdapter(config, lora, row.adapter))
      const wanted = referenceLoss(logits, row.labels)
      expect(wanted).toBeGreaterThan(1)
      expect(Math.abs(loss![i]! - wanted) / wanted).toBeLessThan(2e-6)
    }
  })

  it('gives the gradient of every target in every block: central differences of the reference agree to 1e-4', async () => {
    const row = randomRow(config, 8, 4, 5, 1)
    const { run } = await open(tiny, { targets: allTargets })
    const found = await run({ ...gradFeeds([row], 8, 4), ...lora })
    const step = 1e-4
    let compared = 0
    for (const target of allTargets) {
      for (const factor of ['A', 'B'] as const) {
        const gradient = found[`grad_${factor}.${target}`]!
        const scale = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0) / gradient.length)
        for (let layer = 0; layer < config.num_hidden_layers; layer++) {
          const base = referenceAdapter(config, lora, 1)
          const size = gradient.length / config.num_hidden_layers
          const at = (layer * 7 + target.length * 3) % size
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
          expect(Math.abs(gradient[layer * size + at]! - difference)).toBeLessThan(
            1e-4 * (scale + Math.abs(difference)),
          )
          compared++
        }
      }
    }
    expect(compared).toBe(7 * 2 * 3)
  })

  it('along a random direction through all factors, the gradient agrees with central differences to 1e-5 relative', async () => {
    const row = randomRow(config, 10, 5, 6, 2)
    const { run } = await open(tiny, { targets: allTargets })
    const found = await run({ ...gradFeeds([row], 10, 5), ...lora })
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
    for (const [name, tensor] of Object.entries(direction)) {
      const size = tensor.data.length / 3
      const along = (tensor.data as Float32Array).subarray(2 * size)
      found[name.replace('lora', 'grad')]!.forEach((g, i) => (slope += g * along[i]!))
    }
    const loss = (feeds: Stacks): number =>
      referenceLoss(llamaForward(config, tensors, row.tokens, referenceAdapter(config, feeds, 2)), row.labels)
    const difference = (loss(moved(1)) - loss(moved(-1))) / (2 * step)
    expect(Math.abs(difference)).toBeGreaterThan(0.1)
    expect(Math.abs(slope - difference) / Math.abs(difference)).toBeLessThan(1e-5)
  })

  it('from a cached prefix, gives the bits of loss and gradient that the whole graph gives', async () => {
    const rows = [randomRow(config, 9, 4, 1, 1), randomRow(config, 12, 6, 2, 2)]
    const feeds = gradFeeds(rows, 12, 6)
    const late = randomAdapters(config, { targets: ['q_proj', 'v_proj'], adapters: 3, rank: 4, from: 1 })
    const prefix = await openGraph(prefixGraph(config, tiny.weights, 1).encode(), { dir: tiny.dir })
    const { input_ids, attention_mask, ...rest } = feeds
    const { hidden } = await prefix.run({ input_ids: input_ids!, attention_mask: attention_mask! })
    const options = { targets: ['q_proj', 'v_proj'] as const, from: 1 }
    const whole = await (await open(tiny, options)).run({ ...feeds, ...late })
    const cached = await (
      await open(tiny, { ...options, hidden: true })
    ).run({ ...rest, ...late, hidden: hidden!, attention_mask: attention_mask! })
    expect(cached).toEqual(whole)
    expect(Object.keys(whole)).toHaveLength(5)
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
      const together = await one.run({ ...gradFeeds(rows, length, labels), ...lora })
      expect(await one.run({ ...gradFeeds(rows, length, labels), ...lora })).toEqual(together)
      for (const [i, row] of rows.entries()) {
        const alone = await one.run({ ...gradFeeds([row], length, labels), ...lora })
        for (const [name, data] of Object.entries(alone)) {
          expect(together[name]!.subarray(i * data.length, (i + 1) * data.length), `${name} of row ${i}`).toEqual(data)
        }
      }
      for (const threads of [2, 3, 4]) {
        const { run } = await open(tiny, { targets: allTargets }, threads)
        expect(await run({ ...gradFeeds(rows, length, labels), ...lora }), `${threads} threads`).toEqual(together)
      }
    },
  )
})

it('a label of weight 0 changes no bit of loss or gradient, whatever its token', async () => {
  const tiny = variants['tied head']
  const lora = randomAdapters(tiny.config, { targets: ['q_proj'], adapters: 2, rank: 2 })
  const row = randomRow(tiny.config, 8, 3, 5, 1)
  const { run } = await open(tiny, { targets: ['q_proj'] })
  const padded = (token: number) => ({ ...row, labels: [...row.labels, { position: 2, token, weight: 0 }] })
  const [first, second] = [
    await run({ ...gradFeeds([padded(3)], 8, 4), ...lora }),
    await run({ ...gradFeeds([padded(9)], 8, 4), ...lora }),
  ]
  expect(first).toEqual(second)
  expect(first['grad_A.q_proj']!.some((g) => g !== 0)).toBe(true)
})

it.each([
  { options: { targets: [] }, code: 'graph/no-target' },
  { options: { targets: ['q_proj'] as const, from: 3 }, code: 'graph/no-target' },
])('refuses $options as $code', ({ options, code }) => {
  const { config, weights } = variants['tied head']
  expect(() => gradGraph(config, weights, options)).toThrow(expect.objectContaining({ code }))
})
