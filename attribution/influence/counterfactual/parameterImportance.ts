import type { TrainingPath } from '../../../kernel/index.ts'

/**
 * How much an error in each parameter moves losses, for packDelta: the root mean square of a run's batch gradients.
 *
 *   importance[p] = sqrt((1/T) sum over steps t of batchGradient[t, p]²)
 *
 * Returns [P]. Cost: one read of the path. The same bytes on every machine.
 */
export async function parameterImportance(path: TrainingPath): Promise<Float32Array> {
  const sums = new Float64Array(path.parameters)
  for (let t = 0; t < path.steps; t++) {
    const { batchGradient } = await path.step(t)
    for (const [p, g] of batchGradient.entries()) sums[p]! += g * g
  }
  return Float32Array.from(sums, (sum) => Math.sqrt(sum / path.steps))
}
