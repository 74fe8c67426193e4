import { expect, it } from 'vitest'
import { openGraph } from './openGraph.ts'
import { pretrainGraph } from './pretrainGraph.ts'
import { floats, gradFeeds, ints, randomRow, type Feeds } from './reference/batch.ts'
import { llamaForward, referenceLoss } from './reference/llamaForward.ts'
import { tempDir } from './reference/tempDir.ts'
import { tinyLlama } from './tinyLlama.ts'

const dir = tempDir()

it.each([{ tied: true }, { tied: false }])(
  'with $tied head, every tensor has the gradient of central differences',
  async ({ tied }) => {
    const { config, weights, tensors } = tinyLlama(`${dir}/${tied}`, {
      seed: 8,
      tied,
      config: { num_hidden_layers: 2 },
    })
    const session = await openGraph(pretrainGraph(config, weights).encode(), { dir })
    const rows = [randomRow(config, 6, 6, 1), randomRow(config, 4, 4, 2)]
    const parameters = Object.fromEntries(
      Object.entries(weights.entries).map(([name, { shape }]) => [name, floats(tensors.get(name)!, shape)]),
    )
    const { target_pos, ...feeds } = gradFeeds(rows, 6, 6)
    expect(target_pos!.size).toBe(12)
    const found = await session.run({ ...feeds, ...parameters })
    const lossWith = (changed: Map<string, Float32Array>): number =>
      rows.reduce((sum, row) => sum + referenceLoss(llamaForward(config, changed, row.tokens), row.labels), 0)
    const total = [...(found['loss']!.data as Float32Array)].reduce((a, b) => a + b)
    expect(Math.abs(total - lossWith(tensors)) / total).toBeLessThan(2e-6)

    let compared = 0
    for (const [name, data] of tensors) {
      const gradient = found[`grad.${name}`]!.data as Float32Array
      const largest = gradient.reduce((best, g, i) => (Math.abs(g) > Math.abs(gradient[best]!) ? i : best), 0)
      const moved = (by: number): Map<string, Float32Array> =>
        new Map(tensors).set(name, data.with(largest, data[largest]! + by))
      // float32 rounds the step: divide by the one that was really taken.
      const [up, down] = [moved(2e-3), moved(-2e-3)]
      const step = up.get(name)![largest]! - down.get(name)![largest]!
      const difference = (lossWith(up) - lossWith(down)) / step
      expect(Math.abs(difference), name).toBeGreaterThan(1e-3)
      expect(Math.abs(gradient[largest]! - difference) / Math.abs(difference), name).toBeLessThan(2e-4)
      compared++
    }
    expect(compared).toBe(2 * 9 + (tied ? 2 : 3))
  },
)

it('60 steps of gradient descent teach a model from nothing to continue a cycle of 8 tokens', async () => {
  const { config, weights, tensors } = tinyLlama(`${dir}/cycle`, {
    seed: 2,
    config: { num_hidden_layers: 1, vocab_size: 8 },
  })
  const session = await openGraph(pretrainGraph(config, weights).encode(), { dir })
  const tokens = Array.from({ length: 2 * 16 }, (_, i) => (i * 3 + (i >> 4)) % 8)
  const feeds: Feeds = {
    input_ids: ints(tokens, [2, 16]),
    attention_mask: ints(
      tokens.map(() => 1),
      [2, 16],
    ),
    target_ids: ints(
      tokens.map((token) => (token + 3) % 8),
      [2, 16],
    ),
    target_weight: floats(
      tokens.map(() => 1 / 32),
      [2, 16],
    ),
  }
  const losses: number[] = []
  for (let i = 0; i < 60; i++) {
    const parameters = Object.entries(weights.entries).map(([name, { shape }]) => [
      name,
      floats(tensors.get(name)!, shape),
    ])
    const found = await session.run({ ...feeds, ...(Object.fromEntries(parameters) as Feeds) })
    losses.push([...(found['loss']!.data as Float32Array)].reduce((a, b) => a + b))
    for (const [name, data] of tensors)
      (found[`grad.${name}`]!.data as Float32Array).forEach((g, j) => (data[j]! -= 0.3 * g))
  }
  expect(losses[0]).toBeGreaterThan(1.5)
  expect(losses.at(-1)).toBeLessThan(0.1)
})
