import type { z } from 'zod'
import { digestString } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import type { RecipeShelf } from './recipeShelf.ts'
import type { runningRecipe } from './writtenRecipe.ts'

/** Runs of recipes that are under way. */
export async function runningRecipes(
  { workflows }: Pick<ToolContext, 'workflows'>,
  shelf: RecipeShelf,
): Promise<(z.input<typeof runningRecipe> & { recipe: string })[]> {
  const runs = await workflows.running('recipe')
  return runs.flatMap(({ id, memo, startedAt }) => {
    const digest = digestString.safeParse(memo['digest'])
    const recipe = memo['recipe']
    if (!digest.success || typeof recipe !== 'string') return []
    const version = shelf.versionOf(recipe, digest.data)
    return [{ workflow: id, recipe, digest: digest.data, version, startedAt: new Date(startedAt).toISOString() }]
  })
}

/** One of them as tools show it beside its recipe. */
export function withoutName({ workflow, digest, version, startedAt }: z.input<typeof runningRecipe>) {
  return { workflow, digest, version, startedAt }
}
