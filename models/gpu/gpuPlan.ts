import { z } from 'zod'
import { recipeSchema } from '../train/recipe.ts'
import { trainingPlanSchema } from '../train/trainingPlan.ts'

/** plan.json for any causal language model: its projections may have names that a Llama's have not. */
export const gpuPlan = trainingPlanSchema.extend({
  recipe: recipeSchema.extend({ targets: z.array(z.string().regex(/^[A-Za-z0-9_.]+$/)).min(1) }),
})
