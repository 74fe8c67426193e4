import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestBytes, type GradientOracle, type RecordedOptimiser, type TrainingPath } from '../../../kernel/index.ts'
import { decodeUnroll, encodeUnroll } from './encodeUnroll.ts'
import { feeWeightedGradient } from './feeWeightedGradient.ts'
import { hessianProducts } from './hessianProducts.ts'
import { pathStates } from './pathStates.ts'
import { slowUnroll } from './slowUnroll.ts'
import { bentRun, type BentRun } from './testing/bentRun.ts'
import { unroll } from './unroll.ts'
import { unrollBlock } from './unrollBlock.ts'
import { unrollEpoch } from './unrollEpoch.ts'
import { unrollMethod } from './unrollMethod.ts'
import { startUnroll } from './UnrollState.ts'

const sgd = { kind: 'sgd-momentum', momentum: 0.9, weightDecay: 0.3 } as const
const adam = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-3, weightDecay: 0.2 } as const
const rateOf = ({ kind }: RecordedOptimiser) => (kind === 'adam' ? 0.05 : 0.3)
const optimisers: RecordedOptimiser[] = [
  { kind: 'sgd-momentum', momentum: 0, weightDecay: 0 },
  sgd,
  adam,
  { kind: 'adam', beta1: 0.8, beta2: 0.95, epsilon: 1e-2, weightDecay: 0 },
]
const code = (what: string): unknown => expect.objectContaining({ code: `attribution/${what}` })
const size = (v: ArrayLike<number>) => Math.hypot(...Array.from(v))
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) => size(Array.from(a, (x, i) => x - b[i]!)) / size(b)
const queryOf = (run: BentRun) => run.query(run.train(run.slow.weights))

const cases = optimisers.flatMap((optimiser) => [1, 0.5].map((weight) => ({ optimiser, weight, ...optimiser })))

test.each(cases)(
  'a score is what real retraining shows when its weight moves, to 1e-5: $kind $momentum $beta1 at weights of $weight',
  async ({ optimiser, weight }) => {
    const run = await bentRun(optimiser, { weight, rate: rateOf(optimiser) })
    const [scores] = await unroll(run.path, run.oracle, [queryOf(run)])
    const h = 1e-4
    const lossAt = (i: number, w: number) => run.loss(run.train(run.slow.weights.with(i, w)))
    const measured = run.slow.weights.map((w, i) => (lossAt(i, w - h) - lossAt(i, w + h)) / (2 * h))
    expect(size(measured)).toBeGreaterThan(0.01)
    expect(apart(scores!, measured)).toBeLessThan(1e-5)
  },
)

test('differences on both sides agree with exact Hessians carried forwards to 1e-4, mixed with one side to 1e-3 (60 random runs)', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...optimisers),
      fc.record({
        samples: fc.integer({ min: 2, max: 9 }),
        steps: fc.integer({ min: 1, max: 25 }),
        batch: fc.integer({ min: 1, max: 6 }),
        seed: fc.integer({ min: 1, max: 1e9 }),
        weight: fc.constantFrom(1, 0.5),
      }),
      async (optimiser, shape) => {
        const run = await bentRun(optimiser, { ...shape, rate: rateOf(optimiser) })
        const query = queryOf(run)
        const slow = slowUnroll(run.slow, Array.from(query))
        for (const [difference, bound] of [
          ['central', 1e-4],
          ['mixed', 1e-3],
        ] as const) {
          const [scores] = await unroll(run.path, run.oracle, [query], { difference })
          expect(size(slow.map((x, i) => x - scores![i]!)), difference).toBeLessThanOrEqual(bound * size(slow) + 1e-7)
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('with the checks of the step size, 48 steps cost 2.13 training runs by central and 1.33 by mixed differences', async () => {
  const run = await bentRun(sgd, { steps: 48, batch: 4 })
  const trained = run.slow.slots.flat().filter((sample) => sample >= 0).length
  for (const [difference, runs] of [
    ['central', 2.125],
    ['mixed', 1.333],
  ] as const) {
    const before = run.rows()
    await unroll(run.path, run.oracle, [queryOf(run)], { difference })
    expect(Math.abs((run.rows() - before) / trained - runs)).toBeLessThan(0.04)
  }
})

test('the scores of the fee-weighted mean are the mean of the scores, to 1e-5, and three queries at once score as each alone', async () => {
  const run = await bentRun(adam, { rate: 0.05 })
  const theta = run.train(run.slow.weights)
  const queries = [0, 1, 2].map((sample) => Float32Array.from(run.slow.gradient(sample, theta)))
  const feesWei = [10n ** 18n, 2n * 10n ** 18n, 5n * 10n ** 18n]
  const singles = await unroll(run.path, run.oracle, queries)
  const [mean] = await unroll(run.path, run.oracle, [feeWeightedGradient(queries, feesWei)])
  const expected = Float64Array.from(
    mean!,
    (_, i) => singles.reduce((sum, own, q) => sum + own[i]! * [1, 2, 5][q]!, 0) / 8,
  )
  expect(apart(mean!, expected)).toBeLessThan(1e-5)
  for (const [q, query] of queries.entries()) {
    const method = unrollMethod({ path: run.path, oracle: run.oracle })
    expect(await method.score({ gradient: query })).toEqual(singles[q])
  }
  const epoch = unrollEpoch({ scores: mean! })
  expect(await epoch.score({ gradient: queries[1]! })).toEqual(mean)
  expect([epoch.id, epoch.count]).toEqual(['unroll-epoch/1', 7])
})

test('cut into blocks at 9, 5, 4 and 1 of 12 steps, each state written and read back, a run ends with the same bytes', async () => {
  const run = await bentRun(adam, { rate: 0.05 })
  // Another step size than a new state has: it must travel with the state.
  const start = () => ({ ...startUnroll(run.path, [queryOf(run)]), exponent: 9 })
  const whole = await unrollBlock(run.path, run.oracle, start(), 0)
  let state = start()
  const left: number[] = []
  for (const to of [9, 5, 4, 1, 0]) {
    const onStep = (step: number) => void left.push(step)
    // As it is read from a file: a view of a larger buffer.
    state = decodeUnroll(Buffer.from(encodeUnroll(await unrollBlock(run.path, run.oracle, state, to, { onStep }))))
  }
  expect(left).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0])
  expect(digestBytes(encodeUnroll(state))).toBe(digestBytes(encodeUnroll(whole)))
  expect(size(state.scores[0]!)).toBeGreaterThan(0.01)
})

test('states are those of training to the bit, and at most 2 sqrt(T) of them are held', async () => {
  const run = await bentRun(adam, { steps: 25 })
  const at: number[] = []
  let last: Float32Array | undefined
  for await (const { t, theta } of pathStates(run.path, { from: 3, to: 25 })) {
    at.push(t)
    if (t === 3) last = theta
  }
  expect(at).toEqual(Array.from({ length: 22 }, (_, i) => 24 - i))
  for await (const { theta } of pathStates(run.path, { from: 3, to: 4 })) expect(theta).toEqual(last)
  expect(last).not.toEqual(run.path.start)
})

test('one-sided slopes sum to the one of the recorded batch gradient, and are off by less than those at the side itself', async () => {
  const run = await bentRun(sgd, { weight: 0.5 })
  const u = Float64Array.from({ length: run.path.parameters }, (_, p) => Math.cos(p))
  for await (const at of pathStates(run.path, { from: 4, to: 8 })) {
    const ask = async (sided: 1 | 2) =>
      (await hessianProducts(run.oracle, at, [u], { sided, exponent: 4, weights: run.path.weights }))[0]!
    const [one, two] = [await ask(1), await ask(2)]
    const sum = one.along.reduce((total, slope) => total + (0.5 * slope) / at.sampleIndexes.length, 0)
    expect(sum).toBeCloseTo(
      u.reduce((total, x, p) => total + x * at.batchGradient[p]!, 0),
      6,
    )
    expect(apart(one.along, two.along)).toBeLessThan(apart(one.project(u), two.along))
  }
})

test('a batch of empty slots and an answer that depends on nothing score 0 and ask for no gradient', async () => {
  const run = await bentRun(sgd)
  const empty: TrainingPath = {
    ...run.path,
    step: async (t) => ({
      ...(await run.path.step(t)),
      sampleIndexes: Int32Array.of(-1, -1),
      batchGradient: new Float32Array(run.path.parameters),
    }),
  }
  const before = run.rows()
  const [of] = await unroll(empty, run.oracle, [queryOf(run)])
  const [none] = await unroll(run.path, run.oracle, [new Float32Array(run.path.parameters)])
  expect([...of!, ...none!].every((score) => score === 0)).toBe(true)
  expect(run.rows()).toBe(before)
})

test('a loss that bends too sharply for any step size is refused with what was seen, and a start that is too coarse is mended', async () => {
  const run = await bentRun(sgd)
  const waved = (height: number, waves: number): GradientOracle => ({
    ...run.oracle,
    gradients: async (rows, thetas) =>
      (await run.oracle.gradients(rows, thetas)).map(({ lossNats, gradient }, i) => {
        const theta = thetas[rows[i]!.theta]!
        return { lossNats, gradient: gradient.map((g, p) => g + height * Math.sin(waves * theta[p]!)) }
      }),
  })
  await expect(unroll(run.path, waved(0.02, 3e5), [queryOf(run)])).rejects.toEqual(
    expect.objectContaining({ code: 'attribution/step-size', facts: expect.objectContaining({ step: 11 }) }),
  )
  const state = startUnroll(run.path, [queryOf(run)])
  state.exponent = 4
  await unrollBlock(run.path, waved(0.01, 60), state, 0)
  expect(state.exponent).toBeGreaterThan(4)
})

test('gradients of another run, NaN, wrong lengths, an impossible optimiser and a state of another run are refused', async () => {
  const run = await bentRun(adam, { rate: 0.05 })
  const query = queryOf(run)
  const go = (path: Partial<TrainingPath>, oracle: Partial<GradientOracle> = {}, queries = [query]) =>
    unroll({ ...run.path, ...path }, { ...run.oracle, ...oracle }, queries)
  const step = (change: Partial<Awaited<ReturnType<TrainingPath['step']>>>): Partial<TrainingPath> => ({
    step: async (t) => ({ ...(await run.path.step(t)), ...(t === 5 ? change : {}) }),
  })
  const gradients = (of: (gradient: Float32Array) => Float32Array): Partial<GradientOracle> => ({
    gradients: async (rows, thetas) =>
      (await run.oracle.gradients(rows, thetas)).map(({ lossNats, gradient }) => ({
        lossNats,
        gradient: of(gradient),
      })),
  })
  await expect(
    go(
      {},
      gradients((g) => g.map((x) => -x)),
    ),
  ).rejects.toEqual(code('other-run'))
  await expect(
    go(
      {},
      gradients((g) => g.fill(Number.NaN)),
    ),
  ).rejects.toEqual(code('not-finite'))
  await expect(
    go(
      {},
      gradients((g) => g.slice(1)),
    ),
  ).rejects.toEqual(code('shape'))
  await expect(go({}, { gradients: async () => [] })).rejects.toEqual(code('shape'))
  await expect(go({}, { samples: 6 })).rejects.toEqual(code('shape'))
  await expect(go({}, {}, [query.slice(1)])).rejects.toEqual(code('shape'))
  await expect(go({}, {}, [query.map(() => Infinity)])).rejects.toEqual(code('not-finite'))
  await expect(go({ start: query.slice(1) })).rejects.toEqual(code('shape'))
  await expect(go({ weights: Float32Array.of(1) })).rejects.toEqual(code('shape'))
  await expect(go({ optimiser: { ...adam, epsilon: 0 } })).rejects.toEqual(code('optimiser'))
  await expect(go(step({ batchGradient: query.slice(1) }))).rejects.toEqual(code('shape'))
  await expect(go(step({ sampleIndexes: Int32Array.of(7) }))).rejects.toEqual(code('shape'))
  await expect(go(step({ learningRate: Number.NaN }))).rejects.toEqual(code('not-finite'))
  const state = startUnroll(run.path, [query])
  await expect(unrollBlock(run.path, run.oracle, { ...state, steps: 11 }, 0)).rejects.toEqual(code('shape'))
  await expect(unrollBlock(run.path, run.oracle, state, 13)).rejects.toEqual(code('shape'))
  const bytes = encodeUnroll(state)
  for (const bad of [bytes.subarray(1), bytes.subarray(0, 5), bytes.subarray(0, -8), bytes.with(9, 0)])
    expect(() => decodeUnroll(bad)).toThrow(code('unroll-state'))
  expect(() => feeWeightedGradient([query, query.slice(1)], [1n, 1n])).toThrow(code('shape'))
  expect(() => feeWeightedGradient([query], [0n])).toThrow(code('no-fees'))
  expect(() => unrollEpoch({ scores: Float64Array.of(Number.NaN) })).toThrow(code('not-finite'))
})
