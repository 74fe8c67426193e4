import { defineQuery } from '../../defineQuery.ts'
import { recipeStarts } from '../../schema/index.ts'

export type RecipeStart = { recipe: string; event: string; key: string; workflow: string; atMs: number }

/** That an event has begun a recipe; false where it was noted before. */
export const recordRecipeStart = defineQuery(
  'recordRecipeStart',
  async ({ db }, start: RecipeStart): Promise<boolean> => {
    const rows = await db.insert(recipeStarts).values(start).onConflictDoNothing().returning({ key: recipeStarts.key })
    return rows.length > 0
  },
)
