import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { recipeStep } from './runRecipe.ts'

export const recipeStatus = defineTool({
  name: 'recipe_status',
  summary: 'Show how far a run of a recipe is, step by step, and on which version it runs.',
  effect: 'read',
  input: z.object({ workflow: z.string().min(1).max(1_000) }),
  output: z.object({
    workflow: z.string(),
    status: z.string(),
    recipe: z.string(),
    digest: digestString,
    version: z.int().nullable(),
    steps: z.array(recipeStep),
  }),
})
