import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linearScores } from '../linearScores.ts'
import { uniformFrom } from '../testing/randomRows.ts'
import { packDelta } from './packDelta.ts'
import { parameterImportance } from './parameterImportance.ts'
import { unpackDelta } from './unpackDelta.ts'

/** Numbers as heavy-tailed as those of real runs. */
function heavy(length: number, seed: number): Float32Array {
  const next = uniformFrom(seed)
  return Float32Array.from({ length }, () => next() * next() * (next() + next()) * 0.05)
}

const stepOf = (packed: Uint8Array): number => new DataView(packed.buffer).getFloat32(8, true)

test('each number comes back as the nearest multiple of the step, for any finite numbers (500 deltas of 1 to 300)', () => {
  const numbers = fc.oneof(
    fc.float32Array({ minLength: 1, maxLength: 300, noNaN: true, noDefaultInfinity: true }),
    fc.float32Array({ minLength: 1, maxLength: 300, noNaN: true, min: -1, max: 1 }),
    fc.integer({ min: 1, max: 300 }).map((n) => heavy(n, n)),
  )
  fc.assert(
    fc.property(numbers, (delta) => {
      const packed = packDelta(delta)
      const step = stepOf(packed)
      const found = unpackDelta(packed, delta.length)
      for (const [p, x] of delta.entries()) {
        const slow = step === 0 ? 0 : Math.fround(step * Math.round(x / step))
        expect(found[p]! + 0).toBe(slow + 0)
      }
      expect(packDelta(delta)).toEqual(packed)
    }),
    { numRuns: 500 },
  )
})

test('60,000 heavy-tailed numbers take at most a tenth of their fp32 bytes, and keep a score within 3 standard errors of a fifth of its terms', () => {
  const delta = heavy(60_000, 3)
  const packed = packDelta(delta)
  expect(packed.length / (4 * delta.length)).toBeLessThanOrEqual(0.1)
  expect(packed.length / (4 * delta.length)).toBeGreaterThan(0.096)
  const gradient = heavy(60_000, 4)
  const found = unpackDelta(packed, delta.length)
  const size = (a: Float32Array) => Math.sqrt(linearScores(a, a)[0]!)
  const off = linearScores(gradient, found)[0]! - linearScores(gradient, delta)[0]!
  // Errors of numbers are independent: their sum is as large as one part in the root of P of the lengths.
  expect(Math.abs(off)).toBeLessThan((3 * 0.2 * size(gradient) * size(delta)) / Math.sqrt(delta.length))
  const coarser = packDelta(delta, { bitsPerNumber: 2.4 })
  expect(coarser.length).toBeLessThan(0.79 * packed.length)
})

test('where losses are 16 times as steep the step is a quarter, where twice the root of a half, and a score of such gradients is off by less', () => {
  const delta = heavy(6_400, 6)
  const importance = Float32Array.from(delta, (_, p) => (p < 640 ? 16 : p < 1_920 ? 2 : 1))
  const plain = packDelta(delta)
  const weighted = packDelta(delta, { importance })
  expect(weighted.length).toBeLessThan(1.02 * plain.length)
  const offIn = (packed: Uint8Array, from: number, to: number): number => {
    const found = unpackDelta(packed, delta.length)
    return Math.max(...delta.subarray(from, to).map((x, p) => Math.abs(x - found[from + p]!)))
  }
  const base = stepOf(weighted)
  expect(offIn(weighted, 0, 640)).toBeCloseTo(base / 2 ** 12 / 2, 3)
  expect(offIn(weighted, 1_920, 6_400) / offIn(weighted, 0, 640)).toBeCloseTo(4, 1)
  expect(offIn(weighted, 1_920, 6_400) / offIn(weighted, 640, 1_920)).toBeCloseTo(Math.SQRT2, 1)
  expect(offIn(weighted, 0, 640)).toBeLessThan(0.4 * offIn(plain, 0, 640))
  // A factor on all of it changes nothing, nor does a block that no gradient reaches break anything.
  expect(packDelta(delta, { importance: importance.map((w) => 2 ** 20 * w) })).toEqual(weighted)
  expect(unpackDelta(packDelta(delta, { importance: importance.fill(0, 0, 64) }), 6_400)).toHaveLength(6_400)
})

test('the bytes of a known delta never change: version 1 of the format', () => {
  const delta = Float32Array.of(0.5, -0.25, 0, 3, 1e-3, -1e-9, 0.125, 0.125)
  const importance = Float32Array.of(1, 2, 1, 1, 1, 1, 1, 1)
  const packed = packDelta(delta, { bitsPerNumber: 64, importance })
  expect(Buffer.from(packed).toString('hex')).toMatchInlineSnapshot(
    `"5450443108000000ae5c0d4200ffffc9f8a7e63cc7f7bef7ff49b3c92cd6010fbed8"`,
  )
})

test('a delta of zeros, and one number a billion times the others, survive', () => {
  expect([...unpackDelta(packDelta(new Float32Array(40)), 40)].every((x) => x === 0)).toBe(true)
  const spike = new Float32Array(4_000).fill(1e-9).with(7, 5)
  expect(unpackDelta(packDelta(spike), 4_000)[7]).toBeCloseTo(5, 1)
})

test('every cut, every longer copy, another length and another header are refused, and so is a NaN', () => {
  const refused = expect.objectContaining({ code: 'attribution/packed-delta' })
  const delta = heavy(200, 5)
  const packed = packDelta(delta)
  for (let length = 0; length < packed.length; length++) {
    expect(() => unpackDelta(packed.slice(0, length), 200), `${length}`).toThrow(refused)
  }
  expect(() => unpackDelta(Uint8Array.of(...packed, 0), 200)).toThrow(refused)
  expect(() => unpackDelta(packed, 201)).toThrow(refused)
  expect(() => unpackDelta(packed.with(0, 1), 200)).toThrow(refused)
  expect(() => unpackDelta(packed.with(11, 0x7f).with(10, 0x80), 200)).toThrow(refused)
  expect(() => packDelta(delta.with(3, Number.NaN))).toThrow(
    expect.objectContaining({ code: 'attribution/not-finite' }),
  )
  expect(() => packDelta(delta, { importance: new Float32Array(199) })).toThrow(
    expect.objectContaining({ code: 'attribution/shape' }),
  )
  expect(() => packDelta(new Float32Array())).toThrow(expect.objectContaining({ code: 'attribution/shape' }))
})

test('importance is the root mean square of the batch gradients of a run: 2 steps of [5, 0] and [1, 4] give the roots of 13 and 8', async () => {
  const gradients = [Float32Array.of(5, 0), Float32Array.of(1, 4)]
  const importance = await parameterImportance({
    optimiser: { kind: 'sgd-momentum', momentum: 0, weightDecay: 0 },
    steps: 2,
    samples: 1,
    parameters: 2,
    start: new Float32Array(2),
    step: async (t) => ({ learningRate: 1, sampleIndexes: Int32Array.of(0), batchGradient: gradients[t]! }),
  })
  expect([...importance]).toEqual([13, 8].map((square) => Math.fround(Math.sqrt(square))))
})
