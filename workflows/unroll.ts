import { defineQuery, setHandler } from '@temporalio/workflow'
import type { z } from 'zod'
import type { Digest } from '../kernel/index.ts'
import type { finishUnroll, planUnroll } from '../tools/definitions.ts'
import { longStep, step } from './steps.ts'

export type Unrolled = z.output<typeof finishUnroll.output>

/** Steps of the run that are walked back, of all. */
export const unrollProgress = defineQuery<{ done: number; of: number }>('unrollProgress')

/**
 * The exact unroll of one answer, or of the fee-weighted mean of an epoch's: plan, walk back block by block, store the scores.
 * Each block leaves the digest of its state in the history: killed anywhere, it goes on to the same bytes.
 */
export async function unroll(input: z.input<typeof planUnroll.input>): Promise<Unrolled> {
  const progress = { done: 0, of: 0 }
  setHandler(unrollProgress, () => progress)
  const plan = await step.plan_unroll(input)
  progress.of = plan.steps
  let state: Digest | null = null
  for (const { from, to } of plan.blocks) {
    state = (await longStep.unroll_block({ unroll: plan.unroll, from, to, state })).state
    progress.done = plan.steps - to
  }
  return step.finish_unroll({ unroll: plan.unroll, state: state! })
}
