import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyValueCache } from './KeyValueCache.ts'
import { sampleToken } from './sampleToken.ts'
import { seededUniform } from './seededUniform.ts'

const vocabulary = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 40 })

test('temperature 0 takes the largest logit, the first of equals', () => {
  expect(sampleToken(Float32Array.of(1, 5, 5, 2), { temperature: 0, topP: 1 }, 0.99)).toBe(1)
})

test('draws follow softmax: 40,000 draws agree with the probabilities within 1.5 points', () => {
  const logits = Float32Array.of(0, 1, 2, -1)
  const uniform = seededUniform('draws')
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < 40_000; i++) counts[sampleToken(logits, { temperature: 0.7, topP: 1 }, uniform())]! += 1 / 40_000
  const weights = [...logits].map((logit) => Math.exp(logit / 0.7))
  const total = weights.reduce((a, b) => a + b)
  for (const [i, count] of counts.entries()) expect(Math.abs(count - weights[i]! / total)).toBeLessThan(0.015)
})

test('top-p never draws a token outside the smallest set that reaches p', () => {
  fc.assert(
    fc.property(
      vocabulary,
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.9999, noNaN: true }),
      (raw, topP, u) => {
        const logits = Float32Array.from(raw)
        const token = sampleToken(logits, { temperature: 1, topP }, u)
        const weights = [...logits].map((logit) => Math.exp(logit))
        const total = weights.reduce((a, b) => a + b)
        const above = weights.filter((weight) => weight > weights[token]!).reduce((a, b) => a + b, 0)
        expect(above / total).toBeLessThan(topP + 1e-6)
      },
    ),
  )
})

test('seeded numbers repeat for a seed, differ between seeds, and fill [0, 1) evenly', () => {
  const [a, b, c] = ['s', 's', 't'].map(seededUniform)
  const first = Array.from({ length: 5 }, a!)
  expect(Array.from({ length: 5 }, b!)).toEqual(first)
  expect(Array.from({ length: 5 }, c!)).not.toEqual(first)
  const bins = Array.from({ length: 10 }, () => 0)
  for (let i = 0; i < 50_000; i++) bins[Math.floor(10 * a!())]!++
  for (const bin of bins) expect(Math.abs(bin - 5_000)).toBeLessThan(300)
})

test('a cache that grows, moves rows and shrinks keeps the tokens of its rows', () => {
  const config = {
    hidden_size: 8,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 2,
    head_dim: 4,
    intermediate_size: 8,
    vocab_size: 8,
    rms_norm_eps: 1e-5,
    max_position_embeddings: 512,
  }
  const cache = new KeyValueCache(config, { rows: 3 })
  cache.fit(10, 0)
  expect(cache.capacity).toBe(64)
  const at = (head: number, token: number): number => (head * cache.capacity + token) * 4
  const write = (row: number, token: number, value: number): void => {
    for (const tensor of Object.values(cache.tensors(row, 1).past)) {
      for (const head of [0, 1]) (tensor.data as Float32Array)[at(head, token)] = value + head
    }
  }
  const read = (row: number, token: number): number[] =>
    Object.values(cache.tensors(row, 1).past).flatMap((tensor) =>
      [0, 1].map((head) => (tensor.data as Float32Array)[at(head, token)]!),
    )
  for (const row of [0, 1, 2]) for (const token of [0, 9]) write(row, token, 100 * row + token)
  const wanted = (row: number, token: number): number[] =>
    Array.from({ length: 8 }, (_, i) => 100 * row + token + (i % 2))
  cache.fit(300, 3)
  expect(cache.capacity).toBe(320)
  expect(read(2, 9)).toEqual(wanted(2, 9))
  cache.copyRow(2, 0, 10)
  cache.fit(40, 2)
  expect(cache.capacity).toBe(64)
  expect(read(0, 9)).toEqual(wanted(2, 9))
  expect(read(1, 0)).toEqual(wanted(1, 0))
})
