import { z } from 'zod'
import { digestString } from '../kernel/index.ts'

/** A run as it is asked of the workflow: everything that decides it, with nothing left to look up. */
export const trainingRequest = z.object({
  datanetRoot: digestString.describe('root of a published Datanet version'),
  alias: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/)
    .describe('the name under which it is sold'),
  recipe: z.looseObject({}).optional().describe('a whole recipe document; quick where there is none'),
  samples: z.int().min(8).max(4096).optional().describe('at most so many; what the recipe says unless given'),
  groups: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe('K: counterfactual adapters, each without one group of payees; what the recipe says unless given'),
  budgetMs: z
    .int()
    .min(1_000)
    .optional()
    .describe('use fewer samples, so that training takes about so long on this machine'),
  seed: z.int().min(0).optional().describe('in place of the recipe’s'),
  device: z
    .literal('gpu')
    .optional()
    .describe('trained by the GPU worker that polls task queue gpu; by the embedded engine unless given'),
})
export type TrainingRequest = z.output<typeof trainingRequest>
