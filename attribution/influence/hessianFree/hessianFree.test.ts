import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linearScores } from '../linearScores.ts'
import { hessianFree } from './hessianFree.ts'
import { sampleInfluence } from './sampleInfluence.ts'
import { stepDiagonals } from './stepDiagonals.ts'
import { slowAdjoint } from './slowAdjoint.ts'
import type { RecordedOptimiser, TrainingRecord } from '../../../kernel/index.ts'

// A run whose losses are linear in theta: the gradient of sample i is row i of `slopes` wherever theta is, so the Hessian is
// zero and the Hessian-free unroll must be the exact derivative of retraining.
type Toy = { optimiser: RecordedOptimiser; rates: number[]; slots: Int32Array[]; slopes: Float32Array; p: number }

const optimisers: RecordedOptimiser[] = [
  { kind: 'sgd-momentum', momentum: 0, weightDecay: 0 },
  { kind: 'sgd-momentum', momentum: 0.9, weightDecay: 0.3 },
  { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-3, weightDecay: 0 },
  { kind: 'adam', beta1: 0.8, beta2: 0.95, epsilon: 1e-2, weightDecay: 0.2 },
  { kind: 'adam', beta1: 0, beta2: 0.5, epsilon: 1e-1, weightDecay: 0 },
]

function toyOf(optimiser: RecordedOptimiser, { samples = 6, p = 5, steps = 9, slots = 4, seed = 1 } = {}): Toy {
  let state = seed
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647
  return {
    optimiser,
    p,
    rates: Array.from({ length: steps }, (_, t) => 0.05 * Math.min(1, (t + 1) / 3) * (1 - t / steps)),
    slots: Array.from({ length: steps }, () =>
      Int32Array.from({ length: slots }, () => Math.floor(uniform() * (samples + 1)) - 1),
    ),
    slopes: Float32Array.from({ length: samples * p }, () => uniform() * 2 - 1),
  }
}

function batchGradient({ slots, slopes, p }: Toy, t: number, weights: ArrayLike<number>): number[] {
  return Array.from({ length: p }, (_, j) =>
    slots[t]!.reduce((sum, i) => sum + (i < 0 ? 0 : (weights[i]! * slopes[i * p + j]!) / slots[t]!.length), 0),
  )
}

/** Trains with a weight for each sample, by the optimiser's textbook formula in fp64; returns theta. */
function train(toy: Toy, weights: ArrayLike<number>): number[] {
  const { optimiser, rates, p } = toy
  const theta = Array.from({ length: p }, (_, j) => j / 10)
  const m = Array.from({ length: p }, () => 0)
  const v = Array.from({ length: p }, () => 0)
  for (const [t, lr] of rates.entries()) {
    for (const [j, g] of batchGradient(toy, t, weights).entries()) {
      theta[j]! *= 1 - lr * optimiser.weightDecay
      if (optimiser.kind === 'adam') {
        m[j] = optimiser.beta1 * m[j]! + (1 - optimiser.beta1) * g
        v[j] = optimiser.beta2 * v[j]! + (1 - optimiser.beta2) * g * g
        const mHat = m[j] / (1 - optimiser.beta1 ** (t + 1))
        const vHat = v[j] / (1 - optimiser.beta2 ** (t + 1))
        theta[j]! -= (lr * mHat) / (Math.sqrt(vHat) + optimiser.epsilon)
      } else {
        m[j] = optimiser.momentum * m[j]! + g
        theta[j]! -= lr * m[j]
      }
    }
  }
  return theta
}

function recordOf(toy: Toy): TrainingRecord {
  const { optimiser, rates, slots, slopes, p } = toy
  const samples = slopes.length / p
  return {
    optimiser,
    steps: rates.length,
    samples,
    parameters: p,
    step: async (t) => ({
      learningRate: rates[t]!,
      sampleIndexes: slots[t]!,
      batchGradient: Float32Array.from(batchGradient(toy, t, new Float64Array(samples).fill(1))),
      // An empty slot holds rubbish on purpose: nobody may read it.
      gradients: Float32Array.from(
        [...slots[t]!].flatMap((i) =>
          i < 0 ? Array.from({ length: p }, () => 1e9) : [...slopes.subarray(i * p, i * p + p)],
        ),
      ),
    }),
  }
}

async function matrixOf(record: TrainingRecord, rowsAtOnce?: number): Promise<Float32Array> {
  const rows = new Float32Array(record.samples * record.parameters)
  for await (const block of sampleInfluence(record, rowsAtOnce === undefined ? {} : { rowsAtOnce })) {
    rows.set(block.rows, block.first * record.parameters)
  }
  return rows
}

// Adam forgets the scale of its gradients, so that steps can cancel: what fp32 may lose is judged by the terms of the sum.
async function sizeOfTerms(record: TrainingRecord, q: Float32Array): Promise<Float64Array> {
  const sizes = new Float64Array(record.samples)
  for (const [t, diagonal] of (await stepDiagonals(record)).entries()) {
    const { sampleIndexes, gradients } = await record.step(t)
    for (const [b, i] of sampleIndexes.entries()) {
      if (i < 0) continue
      for (const [j, d] of diagonal.entries()) {
        sizes[i]! += Math.abs(q[j]! * d * gradients[b * q.length + j]!) / sampleIndexes.length
      }
    }
  }
  return sizes
}

const query = (p: number) => Float32Array.from({ length: p }, (_, j) => Math.sin(j + 1))

test.each(optimisers)(
  'on linear losses a score is what retraining with weight 1 - h shows, to 1e-6: $kind $momentum $beta1',
  async (optimiser) => {
    const toy = toyOf(optimiser)
    const q = query(toy.p)
    const scores = linearScores(q, await matrixOf(recordOf(toy)))
    const loss = (theta: number[]) => theta.reduce((sum, x, j) => sum + q[j]! * x, 0)
    const h = 1e-4
    expect(Math.max(...scores.map(Math.abs))).toBeGreaterThan(1e-3)
    for (const i of scores.keys()) {
      const weigh = (w: number) => loss(train(toy, new Float64Array(scores.length).fill(1).with(i, w)))
      const rise = (weigh(1 - h) - weigh(1 + h)) / (2 * h)
      expect(Math.abs(scores[i]! - rise)).toBeLessThan(1e-6)
    }
  },
)

test('removing a sample outright under SGD raises the loss by exactly its score, and the sign is positive for one that helped', async () => {
  const toy = toyOf(optimisers[1]!)
  const q = toy.slopes.slice(0, toy.p) // the question is sample 0 itself: it helped
  const scores = linearScores(q, await matrixOf(recordOf(toy)))
  const loss = (w: Float64Array) => train(toy, w).reduce((sum, x, j) => sum + q[j]! * x, 0)
  const ones = new Float64Array(scores.length).fill(1)
  for (const i of scores.keys()) expect(scores[i]).toBeCloseTo(loss(ones.with(i, 0)) - loss(ones), 6)
  expect(scores[0]).toBeGreaterThan(0)
})

test('one matrix for all answers equals the adjoint carried for one answer, to 1e-6 of its terms (100 random runs)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...optimisers),
      fc.record({
        samples: fc.integer({ min: 1, max: 9 }),
        p: fc.integer({ min: 1, max: 12 }),
        steps: fc.integer({ min: 1, max: 30 }),
        slots: fc.integer({ min: 1, max: 6 }),
        seed: fc.integer({ min: 1, max: 1e9 }),
      }),
      async (optimiser, size) => {
        const record = recordOf(toyOf(optimiser, size))
        const q = query(size.p)
        const fast = linearScores(q, await matrixOf(record))
        const slow = await slowAdjoint(record, q)
        const terms = await sizeOfTerms(record, q)
        for (const i of fast.keys()) expect(Math.abs(fast[i]! - slow[i]!)).toBeLessThanOrEqual(1e-6 * terms[i]!)
      },
    ),
    { numRuns: 100 },
  )
})

test('the matrix is the same to the bit in blocks of 1, 4 and all 6 rows, and the method scores with it', async () => {
  const record = recordOf(toyOf(optimisers[2]!))
  const whole = await matrixOf(record)
  expect(await matrixOf(record, 1)).toEqual(whole)
  expect(await matrixOf(record, 4)).toEqual(whole)
  const method = hessianFree({ influence: () => [{ first: 0, rows: whole }], samples: 6 })
  expect(await method.score({ gradient: query(5) })).toEqual(linearScores(query(5), whole))
})

test('a sample that no step saw has a row of zeros, and a parameter without any gradient moves nothing', async () => {
  const toy = toyOf(optimisers[2]!)
  toy.slots = toy.slots.map((slots) => slots.map((i) => (i === 3 ? -1 : i)))
  for (let i = 0; i < 6; i++) toy.slopes[i * 5 + 2] = 0
  const rows = await matrixOf(recordOf(toy))
  expect([...rows.subarray(15, 20)]).toEqual([0, 0, 0, 0, 0])
  for (let i = 0; i < 6; i++) expect(rows[i * 5 + 2]).toBe(0)
  expect(rows.some((x) => x !== 0)).toBe(true)
})

test('records with a wrong length, a sample out of range, a NaN or an impossible optimiser are refused', async () => {
  const record = recordOf(toyOf(optimisers[2]!))
  const changed = (change: Partial<Awaited<ReturnType<TrainingRecord['step']>>>): TrainingRecord => ({
    ...record,
    step: async (t) => ({ ...(await record.step(t)), ...(t === 4 ? change : {}) }),
  })
  const code = (what: string): unknown => expect.objectContaining({ code: `attribution/${what}` })
  await expect(matrixOf(changed({ batchGradient: new Float32Array(4) }))).rejects.toEqual(code('shape'))
  await expect(matrixOf(changed({ gradients: new Float32Array(4) }))).rejects.toEqual(code('shape'))
  await expect(matrixOf(changed({ sampleIndexes: Int32Array.of(0, 1, 2, 6) }))).rejects.toEqual(code('shape'))
  await expect(matrixOf(changed({ batchGradient: new Float32Array(5).fill(Number.NaN) }))).rejects.toEqual(
    code('not-finite'),
  )
  await expect(matrixOf(changed({ learningRate: Infinity }))).rejects.toEqual(code('not-finite'))
  await expect(
    matrixOf(changed({ sampleIndexes: Int32Array.of(0, 1, 2, 3), gradients: new Float32Array(20).fill(Infinity) })),
  ).rejects.toEqual(code('not-finite'))
  const noEpsilon = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 0, weightDecay: 0 } as const
  await expect(matrixOf({ ...record, optimiser: noEpsilon })).rejects.toEqual(code('optimiser'))
  await expect(matrixOf(record, 0)).rejects.toEqual(code('shape'))
})
