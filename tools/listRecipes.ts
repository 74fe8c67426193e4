import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { recipeSchedule, runningRecipe } from './recipes/writtenRecipe.ts'

export const listRecipes = defineTool({
  name: 'list_recipes',
  summary:
    'List the recipes that come along and those that were used here: versions, what begins them, next runs, what runs.',
  effect: 'read',
  input: z.object({}),
  output: z.object({
    recipes: z.array(
      z.object({
        recipe: z.string(),
        summary: z.string(),
        origin: z.enum(['own', 'shipped']),
        digest: digestString.describe('of the version that a run by this name begins on'),
        version: z.int().nullable().describe('null: never used here'),
        versions: z.int(),
        inputs: z.array(z.object({ name: z.string(), type: z.string(), required: z.boolean(), about: z.string() })),
        triggers: z.array(z.string()).describe('what could begin it'),
        scheduled: z
          .object({ digest: digestString, version: z.int().nullable(), paused: z.boolean() })
          .nullable()
          .describe('which version begins by itself'),
        schedules: z.array(recipeSchedule),
        running: z.array(runningRecipe),
      }),
    ),
  }),
})
