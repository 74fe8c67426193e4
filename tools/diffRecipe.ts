import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { recipeWish, runningRecipe } from './recipes/writtenRecipe.ts'

const side = z.object({ recipe: z.string(), version: z.int().nullable(), digest: digestString })

export const diffRecipe = defineTool({
  name: 'diff_recipe',
  summary:
    'Compare a recipe with the version of it that is scheduled here, or was used last: field by field, and which runs still go on with another version.',
  effect: 'read',
  input: recipeWish.extend({
    from: z.string().max(100).optional().describe('compare with this instead, as name or name@version'),
  }),
  output: z.object({
    from: side,
    to: side,
    changes: z.array(z.object({ at: z.string(), from: z.string().nullable(), to: z.string().nullable() })),
    running: z.array(runningRecipe).describe('on another version than that of `to`'),
  }),
})
