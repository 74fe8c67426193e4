import { z } from 'zod'
import { digestString } from '../../kernel/index.ts'
import { recipeDocument } from './document.ts'

/** What began a run. */
export const recipeCause = z.union([
  z.strictObject({ by: z.enum(['hand', 'schedule', 'recipe']) }),
  z.strictObject({ by: z.literal('event'), event: z.string(), key: z.string() }),
])

/** The one argument of the workflow `recipe`: the version travels with the run, which therefore ends on it. */
export const recipeRun = z.strictObject({
  document: recipeDocument,
  digest: digestString,
  input: z.record(z.string(), z.unknown()),
  cause: recipeCause,
})
export type RecipeRun = z.infer<typeof recipeRun>

export const stepStates = ['waiting', 'running', 'done', 'skipped', 'failed', 'undone', 'not undone'] as const
export type StepState = (typeof stepStates)[number]

/** Where a run stands. */
export const recipeProgress = z.object({
  recipe: z.string(),
  digest: digestString,
  steps: z.array(z.object({ id: z.string(), state: z.enum(stepStates) })),
})
export type RecipeProgress = z.infer<typeof recipeProgress>

export const recipeEnded = recipeProgress.extend({ output: z.record(z.string(), z.unknown()) })
export type RecipeEnded = z.infer<typeof recipeEnded>
