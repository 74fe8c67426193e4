import { desc, eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { recipes } from '../../schema/index.ts'
import { recipeRow, type RecipeRow } from './recipeRow.ts'

type NewRecipe = { name: string; digest: Digest; origin: RecipeRow['origin']; document: string; atMs: number }

/** Keeps a version of a recipe under the next number; one that is known keeps its own. Safe to repeat. */
export const saveRecipe = defineQuery('saveRecipe', async ({ db }, recipe: NewRecipe): Promise<RecipeRow> => {
  for (;;) {
    const known = await db.select().from(recipes).where(eq(recipes.name, recipe.name)).orderBy(desc(recipes.version))
    const same = known.find(({ digest }) => digest === recipe.digest)
    if (same) return recipeRow(same)
    const version = (known[0]?.version ?? 0) + 1
    // Of two that save at once one gets the number, and the other looks again.
    const [saved] = await db
      .insert(recipes)
      .values({ ...recipe, version })
      .onConflictDoNothing()
      .returning()
    if (saved) return recipeRow(saved)
  }
})
