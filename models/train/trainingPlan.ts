import { z } from 'zod'
import { digestOf, digestString, type Digest } from '../../kernel/index.ts'
import type { EncodedRow } from './EncodedRow.ts'
import { encodeRow } from './EncodedRow.ts'
import { recipeSchema } from './recipe.ts'

/** In place of a group: the main adapter, which leaves nobody out. */
export const nobody = -1

const rowSchema = z.object({
  id: digestString,
  prompt: z.array(z.int().min(0)).min(1),
  answer: z.array(z.int().min(0)).min(1),
})

/** plan.json of a run: what its digest covers. Rows hold tokens, so a run goes on without tokenizer and samples. */
export const trainingPlanSchema = z.object({
  v: z.literal(1),
  base: digestString,
  recipe: recipeSchema,
  /** In the order that indexes mean. `group`: the payee group of the sample. */
  samples: z.array(rowSchema.extend({ group: z.int().min(0) })).min(1),
  heldOut: z.array(rowSchema).min(1),
  /** One adapter each: `nobody`, or the group that is left out. */
  variants: z.array(z.int().min(nobody)).min(1),
})
export type TrainingPlan = z.output<typeof trainingPlanSchema>

export function planDigest(plan: TrainingPlan): Digest {
  return digestOf(plan)
}

export function rowOf({ prompt, answer }: { prompt: number[]; answer: number[] }): EncodedRow {
  return encodeRow(prompt, answer)
}
