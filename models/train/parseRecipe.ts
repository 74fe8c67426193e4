import { TributaryError } from '../../kernel/index.ts'
import { recipeSchema, type Recipe } from './recipe.ts'

/** A recipe that somebody wrote, checked. What it leaves out is that of `quick`. Throws models/recipe, a line an issue. */
export function parseRecipe(document: unknown): Recipe {
  const parsed = recipeSchema.safeParse(document)
  const issues = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(recipe)'}: ${message}`)
  if (parsed.success && issues.length === 0) return parsed.data
  throw new TributaryError('This is no recipe that can be trained.', {
    code: 'models/recipe',
    facts: { issues },
    tryThis: 'start from a recipe that has a name (models/train/recipes/) and change single fields',
  })
}

function contradictions(recipe: Recipe): string[] {
  const { targets, validation, maxLabels, maxLength } = recipe
  return [
    new Set(targets).size < targets.length ? 'targets: each may be named once' : '',
    validation.texts === 0 && (validation.patience > 0 || validation.keep === 'best')
      ? 'validation.texts: stopping early and keeping the best checkpoint need texts to look at'
      : '',
    maxLabels >= maxLength ? 'maxLabels: must leave room for a prompt within maxLength' : '',
  ].filter((line) => line !== '')
}
