import { defineQuery, setHandler } from '@temporalio/workflow'
import type { z } from 'zod'
import type { Digest } from '../kernel/index.ts'
import type { finishEvaluation, planEvaluation } from '../tools/definitions.ts'
import { longStep, step } from './steps.ts'

/** Pieces of work that are done, of all: blocks of the unroll, then lots of trainings. */
export const evaluateProgress = defineQuery<{ done: number; of: number }>('evaluateProgress')

/**
 * Evidence of an adapter: plan, unroll its queries block by block, retrain lot by lot, compare. Each piece leaves a digest in
 * the history: killed anywhere, it goes on there, to the same bytes.
 */
export async function evaluate(
  input: z.input<typeof planEvaluation.input>,
): Promise<z.output<typeof finishEvaluation.output>> {
  const progress = { done: 0, of: 0 }
  setHandler(evaluateProgress, () => progress)
  const { evaluation, blocks, pieces } = await step.plan_evaluation(input)
  progress.of = blocks.length + pieces.length
  let state: Digest | null = null
  for (const block of blocks) {
    state = (await longStep.score_evaluation({ evaluation, ...block, state })).state
    progress.done++
  }
  const losses: Digest[] = []
  for (const piece of pieces) {
    losses.push((await longStep.retrain_piece({ evaluation, state: state!, ...piece })).losses)
    progress.done++
  }
  return longStep.finish_evaluation({ evaluation, state: state!, losses })
}
