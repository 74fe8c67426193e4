import type { GradientOracle, TrainingPath } from '../../../kernel/index.ts'
import { startUnroll, type Difference } from './UnrollState.ts'
import { unrollBlock, type OnUnrolled } from './unrollBlock.ts'

/**
 * Exact influence of every training sample on some answers: the derivative of each answer's loss, through the whole recorded
 * run, in the weight of the sample.
 *
 *   score[i] = - d loss(answer) / d weight[i]            at the weights of the path (1, or one half for large removals)
 *
 * Shapes: `queries` are gradients [P] of the answers' losses (nats) at the run's final parameters; returns [N] for each, nats,
 * positive = helped. All queries of a step are one call of the oracle. Cost and errors: unrollBlock.
 */
export async function unroll(
  path: TrainingPath,
  oracle: GradientOracle,
  queries: readonly Float32Array[],
  { difference, onStep }: { difference?: Difference; onStep?: OnUnrolled } = {},
): Promise<Float64Array[]> {
  const state = startUnroll(path, queries, difference === undefined ? {} : { difference })
  return (await unrollBlock(path, oracle, state, 0, { onStep })).scores
}
