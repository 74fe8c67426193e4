import { z } from 'zod'
import { digestOf, digestString, type Digest } from '../../kernel/index.ts'
import type { EncodedRow } from './EncodedRow.ts'
import { encodeRow } from './EncodedRow.ts'
import { recipeSchema } from './recipe.ts'

/** In place of a group: the main adapter, which leaves nobody out. */
export const nobody = -1

/** A sample, by its place in the run's list, whose gradient was out of bounds: left out from this step on. */
export const skippedSample = z.object({ step: z.int().min(0), sample: z.int().min(0) })
export type SkippedSample = z.output<typeof skippedSample>

const rowSchema = z.object({
  id: digestString,
  prompt: z.array(z.int().min(0)).min(1),
  answer: z.array(z.int().min(0)).min(1),
})

/** plan.json of a run: what its digest covers. Rows hold tokens, so a run goes on without tokenizer and samples. */
export const trainingPlanSchema = z.object({
  v: z.literal(2),
  base: digestString,
  recipe: recipeSchema,
  /** In the order that indexes mean. `group`: the payee group of the sample. */
  samples: z.array(rowSchema.extend({ group: z.int().min(0) })).min(1),
  /** The losses before and after are measured on these. */
  heldOut: z.array(rowSchema).min(1),
  /** Looked at while training goes on; none of them is among `heldOut`. */
  validation: z.array(rowSchema),
  /** One adapter each: `nobody`, or the group that is left out. */
  variants: z.array(z.int().min(nobody)).min(1),
  /**
   * Samples that the main adapter's run skipped, for variants that are trained again without it: they must leave out the
   * same ones. Empty where the main adapter is among the variants, and decides.
   */
  skipped: z.array(skippedSample),
})
export type TrainingPlan = z.output<typeof trainingPlanSchema>

export function planDigest(plan: TrainingPlan): Digest {
  return digestOf(plan)
}

export function rowOf({ prompt, answer }: { prompt: number[]; answer: number[] }): EncodedRow {
  return encodeRow(prompt, answer)
}
