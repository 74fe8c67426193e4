import type { TrainingPath } from '../../../kernel/index.ts'
import { advance, checkPath, readStep, startOf } from './pathStates.ts'

/** Where a path leads: the run's parameters after its last step, to the bit. Cost: T optimiser steps. Throws as pathStates. */
export async function finalTheta(path: TrainingPath): Promise<Float32Array> {
  checkPath(path)
  const state = startOf(path)
  for (let t = 0; t < path.steps; t++) advance(path, state, t, await readStep(path, t))
  return state.theta
}
