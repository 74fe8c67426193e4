import { z } from 'zod'
import { digestString, payeeIdString } from '../../kernel/index.ts'
import { recipeSchema } from '../../models/index.ts'

/**
 * Everything that decides a training run, in integers and digests: its digest is the run's id, and with the Datanet's
 * bytes anyone can train the same adapters from it.
 */
export const runPlanSchema = z.object({
  v: z.literal(2),
  alias: z.string(),
  datanet: z.string(),
  datanetRoot: digestString,
  base: digestString,
  recipe: recipeSchema,
  /** Hash of the block after the one that froze the version: it dealt the groups. */
  groupSeed: digestString,
  /** In the order in which rows are numbered. */
  samples: z.array(z.object({ id: digestString, payee: payeeIdString })),
  /** The losses on the card are measured on these. */
  heldOut: z.array(digestString),
  /** Looked at while training goes on: they decide when to stop and which checkpoint to keep. */
  validation: z.array(digestString),
  groups: z.array(z.array(payeeIdString)),
  /** Trained by a GPU worker; the embedded engine where there is nothing. Its bits are claimed on an equal device only. */
  device: z.literal('gpu').optional(),
})
export type RunPlan = z.infer<typeof runPlanSchema>
