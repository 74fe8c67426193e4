import { optimiserStep, TributaryError, type PathStep, type TrainingPath } from '../../../kernel/index.ts'

/** Where a run stood at step t. Arrays are the reader's own. */
export type PathState = PathStep & {
  t: number
  /** [P], before the step. */
  theta: Float32Array
  /** [P], after the step. */
  first: Float32Array
  second: Float32Array
}

type State = { theta: Float32Array; first: Float32Array; second: Float32Array }

/**
 * The states of a run from step `to` - 1 back to `from`, to the bit as training had them: recomputed from the start and the
 * recorded batch gradients, without one gradient.
 *
 * With n = to - from, every sqrt(n)-th state is kept and the states between two of them are made again when it is their
 * turn: 24·P·sqrt(n) bytes (P of 200,000 and 64 steps: 38 MB) and at most `to` + n optimiser steps.
 * Throws attribution/shape, attribution/not-finite.
 */
export async function* pathStates(
  path: TrainingPath,
  { from, to }: { from: number; to: number },
): AsyncGenerator<PathState> {
  checkPath(path)
  const stride = Math.max(1, Math.ceil(Math.sqrt(to - from)))
  const kept: State[] = []
  let state = startOf(path)
  const lastKept = from + Math.floor((to - 1 - from) / stride) * stride
  for (let t = 0; t <= lastKept; t++) {
    if (t >= from && (t - from) % stride === 0) kept.push(copy(state))
    if (t < lastKept) advance(path, state, t, await readStep(path, t))
  }
  for (let segment = kept.length - 1; segment >= 0; segment--) {
    const begin = from + segment * stride
    const end = Math.min(to, begin + stride)
    const made: PathState[] = []
    state = kept.pop()!
    for (let t = begin; t < end; t++) {
      const step = await readStep(path, t)
      const theta = state.theta.slice()
      advance(path, state, t, step)
      made.push({ ...step, t, theta, first: state.first.slice(), second: state.second.slice() })
    }
    yield* made.toReversed()
  }
}

/** Before the first step. */
export function startOf({ start, parameters }: TrainingPath): State {
  return { theta: start.slice(), first: new Float32Array(parameters), second: new Float32Array(parameters) }
}

export function advance(path: TrainingPath, state: State, t: number, { batchGradient, learningRate }: PathStep): void {
  optimiserStep(state, batchGradient, path.optimiser, { step: t, learningRate })
}

function copy({ theta, first, second }: State): State {
  return { theta: theta.slice(), first: first.slice(), second: second.slice() }
}

/** Throws attribution/shape, attribution/not-finite. */
export function checkPath({ start, weights, samples, parameters }: TrainingPath): void {
  if (start.length !== parameters) refuseShape({ start: start.length, parameters })
  if (weights !== undefined && weights.length !== samples) refuseShape({ weights: weights.length, samples })
  if (!start.every(Number.isFinite)) refuseNotFinite(-1)
  if (weights?.every(Number.isFinite) === false) refuseNotFinite(-1)
}

/** A step as it was recorded, checked; its arrays are the reader's own. Throws attribution/shape, attribution/not-finite. */
export async function readStep(path: TrainingPath, t: number): Promise<PathStep> {
  const { learningRate, sampleIndexes, batchGradient } = await path.step(t)
  if (batchGradient.length !== path.parameters)
    refuseShape({ step: t, batchGradient: batchGradient.length, parameters: path.parameters })
  const stranger = sampleIndexes.find((sample) => sample < -1 || sample >= path.samples)
  if (stranger !== undefined) refuseShape({ step: t, sample: stranger, samples: path.samples })
  if (!Number.isFinite(learningRate) || !batchGradient.every(Number.isFinite)) refuseNotFinite(t)
  return { learningRate, sampleIndexes: sampleIndexes.slice(), batchGradient: batchGradient.slice() }
}

function refuseShape(facts: Record<string, number>): never {
  throw new TributaryError('The recorded run does not fit its own header.', {
    code: 'attribution/shape',
    facts,
    tryThis: 'read the path of one finished run, whole, with the layout of its own adapter',
  })
}

function refuseNotFinite(step: number): never {
  throw new TributaryError('The recorded run holds a number that is not finite.', {
    code: 'attribution/not-finite',
    facts: { step },
    tryThis: 'a diverged run has no attribution: lower its learning rate and train again',
  })
}
