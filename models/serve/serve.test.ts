import fc from 'fast-check'
import { expect, test } from 'vitest'
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
