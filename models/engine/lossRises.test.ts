import { expect, test } from 'vitest'
import { seededNormal } from '../graph/index.ts'
import { lossRises, secondOrder, standIns, type Changes } from './lossRises.ts'

const [vocabulary, hidden, slots] = [20_000, 12, 8]
const normal = seededNormal(3)
const head = Float32Array.from({ length: vocabulary * hidden }, normal)

/** head · x for every token, in fp64. */
const logitsOf = (x: Float32Array) =>
  Float64Array.from({ length: vocabulary }, (_, v) =>
    x.reduce((sum, value, i) => sum + value * head[v * hidden + i]!, 0),
  )
const logSumExp = (logits: Float64Array) => {
  const most = Math.max(
    ...logits.subarray(0, 1),
    logits.reduce((a, b) => Math.max(a, b), -Infinity),
  )
  return most + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - most), 0))
}

function referenceOf(state: Float32Array, labels: readonly number[]) {
  const p = new Float32Array(slots * vocabulary)
  const mean = new Float32Array(slots * hidden)
  const label = new Float32Array(slots * hidden)
  for (let j = 0; j < slots; j++) {
    const logits = logitsOf(state.subarray(j * hidden, (j + 1) * hidden))
    const total = logSumExp(logits)
    const sum = new Float64Array(hidden)
    for (const [v, logit] of logits.entries()) {
      const mass = Math.exp(logit - total)
      p[j * vocabulary + v] = mass
      for (let i = 0; i < hidden; i++) sum[i]! += mass * head[v * hidden + i]!
    }
    mean.set(sum, j * hidden)
    label.set(head.subarray(labels[j]! * hidden, (labels[j]! + 1) * hidden), j * hidden)
  }
  return { p, mean, label, slots }
}

const asked: number[] = []
const changesOf: Changes = async (ids, moved) => {
  asked.push(ids.length)
  const k = moved.length / hidden
  return Float32Array.from({ length: ids.length * k }, (_, at) => {
    const [v, c] = [Number(ids[Math.floor(at / k)]), at % k]
    let sum = 0
    for (let i = 0; i < hidden; i++) sum += head[v * hidden + i]! * moved[c * hidden + i]!
    return sum
  })
}

test('near and far, a rise is that of the whole vocabulary to 3e-6 nats; the near ones look at less than half of it', async () => {
  const state = Float32Array.from({ length: slots * hidden }, () => 1.5 * normal())
  const labels = Array.from({ length: slots }, (_, j) => 37 * j)
  const movedBy = (size: number) => state.map((value) => value + size * normal())
  const reference = referenceOf(state, labels)
  for (const size of [1e-4, 3e-3, 0.3]) {
    const others = [movedBy(size), movedBy(size)]
    asked.length = 0
    const rises = await lossRises(reference, { states: [state, ...others], labels: slots }, changesOf)
    if (size < 1e-3) expect(Math.max(...asked)).toBeLessThan(vocabulary / 2)
    for (const [k, other] of others.entries()) {
      let error = 0
      for (let j = 0; j < slots; j++) {
        const [was, is] = [state, other].map((x) => logitsOf(x.subarray(j * hidden, (j + 1) * hidden)))
        const truth = logSumExp(is!) - is![labels[j]!]! - (logSumExp(was!) - was![labels[j]!]!)
        error += (rises[k * slots + j]! - truth) / slots
      }
      expect(Math.abs(error)).toBeLessThan(3e-6)
    }
  }
})

test('stand-ins keep all mass but half a step, at step 0 they are all tokens, and a sum over them is that over all to its standard error', () => {
  const logits = Float32Array.from({ length: 20_000 }, () => 3 * normal())
  const total = logits.reduce((sum, x) => sum + Math.exp(x), 0)
  const p = logits.map((x) => Math.exp(x) / total)
  const changes = Float32Array.from(p, () => 0.3 * normal())
  const every = standIns(p, 0)
  expect(every.ids).toEqual(BigInt64Array.from(p.keys(), BigInt))
  const sumOf = (tokens: ReturnType<typeof standIns>) =>
    secondOrder(
      tokens,
      Float32Array.from(tokens.ids, (id) => changes[Number(id)]!),
      1,
    )
  const truth = p.reduce((sum, mass, v) => sum + mass * (Math.expm1(changes[v]!) - changes[v]!), 0)
  expect(sumOf(every).sums[0]).toBeCloseTo(truth, 8)
  for (const step of [1e-4, 1e-5]) {
    const tokens = standIns(p, step)
    expect(tokens.ids.length).toBeLessThan(12_000)
    expect(Math.abs(tokens.weights.reduce((sum, w) => sum + w, 0) - 1)).toBeLessThan(step)
    const { sums, variances } = sumOf(tokens)
    expect(Math.abs(sums[0]! - truth)).toBeLessThan(3 * Math.sqrt(variances[0]!))
    expect(Math.sqrt(variances[0]!)).toBeLessThan(truth / 30)
  }
})
