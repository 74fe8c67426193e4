import { seededUniform } from '../serve/seededUniform.ts'

/**
 * Which samples each step sees: every epoch is a fresh permutation of all of them, cut into batches; the last batch of an
 * epoch may be short. Depends on seed and number alone, so a counterfactual run sees the same order with gaps.
 */
export function batchOrder({
  samples,
  epochs,
  batch,
  seed,
}: {
  samples: number
  epochs: number
  batch: number
  seed: number
}): Int32Array[] {
  const steps: Int32Array[] = []
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = Int32Array.from({ length: samples }, (_, i) => i)
    const uniform = seededUniform(`order ${seed} ${epoch}`)
    for (let i = samples - 1; i > 0; i--) {
      const j = Math.floor(uniform() * (i + 1))
      const kept = order[i]!
      order[i] = order[j]!
      order[j] = kept
    }
    for (let at = 0; at < samples; at += batch) steps.push(order.slice(at, at + batch))
  }
  return steps
}
