import { readFileSync } from 'node:fs'
import { parseRecipe } from './parseRecipe.ts'
import type { Recipe } from './recipe.ts'

export const recipeNames = ['quick', 'balanced', 'thorough'] as const
export type RecipeName = (typeof recipeNames)[number]

/** A recipe that comes with the project: the JSON file of its name, with all of its fields. */
export function namedRecipe(name: RecipeName): Recipe {
  return parseRecipe(JSON.parse(readFileSync(new URL(`recipes/${name}.json`, import.meta.url), 'utf8')))
}
