import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { recipeWish } from './recipes/writtenRecipe.ts'

export const recipeStep = z.object({ id: z.string(), state: z.string() })

export const runRecipe = defineTool({
  name: 'run_recipe',
  summary:
    'Check a recipe and run it as a durable workflow. Its steps may spend: each has an effect key of its own, made of the run. Where a step fails, what was done before is taken back as the recipe says.',
  effect: 'spend',
  mostWei: unknownWei,
  waits: true,
  input: recipeWish.extend({
    with: z.record(z.string(), z.unknown()).default({}).describe('what the recipe takes'),
    wait: z.boolean().default(true).describe('until it has ended'),
  }),
  output: z.object({
    workflow: z.string(),
    recipe: z.string(),
    version: z.int(),
    digest: digestString,
    state: z.enum(['running', 'ended']),
    steps: z.array(recipeStep),
    output: z.record(z.string(), z.unknown()),
  }),
})
