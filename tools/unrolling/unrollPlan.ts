import { z } from 'zod'
import { digestString, weiString } from '../../kernel/index.ts'

/** Everything that decides the scores of an unroll: its digest is the unroll's id. */
export const unrollPlanSchema = z.object({
  v: z.literal(1),
  adapter: digestString,
  run: digestString,
  /** Blob of the run's batch gradients. */
  path: digestString,
  steps: z.int().min(1),
  difference: z.enum(['central', 'mixed']),
  /** In the order of their ids; the mean of their gradients is weighted by the fees. */
  answers: z.array(z.object({ receipt: digestString, feeWei: weiString })).min(1),
})
export type UnrollPlan = z.infer<typeof unrollPlanSchema>
