import { feeWeightedGradient } from '../../attribution/index.ts'
import { answerGradientOf } from '../attributing/scoreReceipt.ts'
import type { ToolContext } from '../context.ts'
import type { UnrollPlan } from './unrollPlan.ts'

/**
 * The gradient that an unroll starts from: of its one answer, or the mean of its answers by their fees. Cost: a gradient an
 * answer. Throws tools/answer-erased.
 */
export async function queryOf(
  ctx: ToolContext,
  { adapter, answers }: Pick<UnrollPlan, 'adapter' | 'answers'>,
): Promise<Float32Array> {
  const gradients: Float32Array[] = []
  for (const [i, { receipt }] of answers.entries()) {
    ctx.call.heartbeat?.({ step: 'gradients of the answers', done: i, of: answers.length })
    gradients.push(await answerGradientOf(ctx, receipt, adapter))
  }
  return feeWeightedGradient(
    gradients,
    answers.map(({ feeWei }) => BigInt(feeWei)),
  )
}
