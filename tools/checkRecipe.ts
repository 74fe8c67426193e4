import { z } from 'zod'
import { digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'
import { recipeProblem, recipeWish } from './recipes/writtenRecipe.ts'

export const checkRecipe = defineTool({
  name: 'check_recipe',
  summary:
    'Check a recipe against the tools, agents and recipes that it names, down to the type of every reference, and say with line and column what is wrong. Runs nothing and stores nothing.',
  effect: 'read',
  input: recipeWish,
  output: z.object({
    recipe: z.string().nullable(),
    digest: digestString.nullable().describe('of the checked document: it names this version'),
    problems: z.array(recipeProblem),
    document: z.looseObject({}).nullable(),
  }),
})
