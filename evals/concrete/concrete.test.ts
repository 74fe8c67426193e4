import { expect, test } from 'vitest'
import { optimiserStep } from '../../kernel/index.ts'
import { concreteRows, featureCount } from './concreteRows.ts'
import { concreteSettings, concreteTask } from './concreteTask.ts'
import { Mlp } from './Mlp.ts'

const small = { ...concreteSettings, rows: 80, trained: 70, hidden: [6, 5], epochs: 2, batch: 16, warmupSteps: 2 }

test('the gradient by hand is the slope of the loss in every parameter', () => {
  const mlp = new Mlp([3, 5, 4, 1])
  const theta = Float32Array.from({ length: mlp.parameters }, (_, i) => Math.fround(Math.sin(1 + 3 * i)))
  const input = Float64Array.of(0.3, -1.2, 0.7)
  const into = new Float32Array(mlp.parameters)
  const loss = mlp.gradient(theta, input, { target: 0.4, into })
  expect(loss).toBe(mlp.lossNats(theta, input, 0.4))
  for (let p = 0; p < mlp.parameters; p++) {
    const moved = [2 ** -7, -(2 ** -7)].map((step) => {
      const near = theta.slice()
      near[p]! += step
      return { at: near[p]!, loss: mlp.lossNats(near, input, 0.4) }
    })
    const slope = (moved[0]!.loss - moved[1]!.loss) / (moved[0]!.at - moved[1]!.at)
    expect(Math.abs(into[p]! - slope)).toBeLessThan(1e-3 * Math.max(1, Math.abs(slope)))
  }
})

test('parameters are counted as PyTorch counts those of the same layers', () => {
  expect(new Mlp([8, 32, 32, 32, 1]).parameters).toBe(8 * 32 + 32 + 2 * (32 * 32 + 32) + 32 + 1)
})

test('the same seed gives the same rows, standardised; another seed gives others', () => {
  const { features, strengths } = concreteRows(200, 1)
  expect(concreteRows(200, 1)).toEqual({ features, strengths })
  expect(concreteRows(200, 2).strengths).not.toEqual(strengths)
  const columns = Array.from({ length: featureCount }, (_, c) => features.filter((_value, i) => i % featureCount === c))
  for (const column of [...columns, strengths]) {
    expect(column.reduce((sum, value) => sum + value, 0) / 200).toBeCloseTo(0, 9)
    expect(column.reduce((sum, value) => sum + value ** 2, 0) / 200).toBeCloseTo(1, 9)
  }
})

test('cement and days strengthen, water weakens', () => {
  const { features, strengths } = concreteRows(1_000, 1)
  const along = (column: number) =>
    strengths.reduce((sum, strength, row) => sum + (strength * features[row * featureCount + column]!) / 1_000, 0)
  expect(along(0)).toBeGreaterThan(0.2)
  expect(along(7)).toBeGreaterThan(0.2)
  expect(along(3)).toBeLessThan(-0.1)
})

test('the path leads from the start to the trained parameters to the bit, and training learns', async () => {
  const task = concreteTask(3, small)
  const { path, thetas } = await task.record()
  expect(path.steps).toBe(8)
  const state = {
    theta: path.start.slice(),
    first: new Float32Array(path.parameters),
    second: new Float32Array(path.parameters),
  }
  for (let step = 0; step < path.steps; step++) {
    const { batchGradient, learningRate } = await path.step(step)
    optimiserStep(state, batchGradient, path.optimiser, { step, learningRate })
    expect(state.theta).toEqual(thetas[step + 1])
  }
  const [again] = await task.trainer.train([new Float32Array(task.samples).fill(1)])
  expect(again).toEqual(state.theta)
  const total = (theta: Float32Array) => task.queryLosses(theta).reduce((sum, loss) => sum + loss, 0)
  expect(total(state.theta)).toBeLessThan(total(path.start))
})

test('a sample of weight 0 leaves its term out of the batch and the divisor as it is', async () => {
  const task = concreteTask(3, small)
  const full = await task.record()
  const { sampleIndexes, batchGradient } = await full.path.step(0)
  const gone = sampleIndexes[0]!
  const weights = Float32Array.from({ length: task.samples }, (_, i) => (i === gone ? 0 : 1))
  const without = (await (await task.record(weights)).path.step(0)).batchGradient
  const [own] = await task.oracle.gradients([{ sample: gone, theta: 0 }], [full.path.start])
  for (const [p, value] of own!.gradient.entries()) {
    expect(batchGradient[p]! - without[p]!).toBeCloseTo(value / small.batch, 6)
  }
})
