import { z } from 'zod'

/** What one round of the tour was asked to do. It is stored with the round, so that a cut one goes on unchanged. */
export const tourInput = z.object({
  datanet: z.string(),
  alias: z.string(),
  from: z.string().optional(),
  licence: z.string().optional(),
  samples: z.int(),
  groups: z.int(),
  /** Bounds the training: samples are cut until the estimate fits. */
  budgetMs: z.int().optional(),
  questions: z.int(),
  /** Questions of earlier rounds, left out in this one. */
  skip: z.int(),
  epoch: z.int(),
  budgetWei: z.string(),
  audits: z.int(),
  seed: z.int(),
})
export type TourInput = z.infer<typeof tourInput>

export const phases = ['datanet', 'curate', 'train', 'sell', 'attribute and settle', 'audit'] as const
export type Phase = (typeof phases)[number]
