import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { unknownWei } from './approving/amounts.ts'
import { defineTool } from './defineTool.ts'
import { recipeSchedule, recipeWish } from './recipes/writtenRecipe.ts'

export const scheduleRecipe = defineTool({
  name: 'schedule_recipe',
  summary:
    'Let a recipe begin by itself, by its schedules and events, from now on and on this version; or pause, resume or end that. Runs that are under way end on the version on which they began.',
  effect: 'spend',
  mostWei: unknownWei,
  input: recipeWish.extend({
    action: z.enum(['schedule', 'pause', 'resume', 'delete']).default('schedule'),
  }),
  output: z.object({
    recipe: z.string(),
    version: z.int().nullable(),
    digest: digestString,
    state: z.enum(['scheduled', 'paused', 'deleted']),
    schedules: z.array(recipeSchedule),
    events: z.array(z.string()),
  }),
})
