import { eq } from 'drizzle-orm'
import type { Digest } from '../../../kernel/index.ts'
import { defineQuery } from '../../defineQuery.ts'
import { recipeWatches } from '../../schema/index.ts'

export type RecipeWatch = { recipe: string; digest: Digest; paused: boolean; sinceMs: number }

/** From now on this version of the recipe begins by its triggers. One that was watched before goes on from when it was first. */
export const watchRecipe = defineQuery(
  'watchRecipe',
  async ({ db }, { recipe, digest, atMs }: { recipe: string; digest: Digest; atMs: number }): Promise<void> => {
    await db
      .insert(recipeWatches)
      .values({ recipe, digest, paused: false, sinceMs: atMs })
      .onConflictDoUpdate({ target: recipeWatches.recipe, set: { digest, paused: false } })
  },
)

/** Whether it begins by itself for the time being. What happens meanwhile is told when it goes on. */
export const pauseRecipe = defineQuery(
  'pauseRecipe',
  async ({ db }, { recipe, paused }: { recipe: string; paused: boolean }): Promise<void> => {
    await db.update(recipeWatches).set({ paused }).where(eq(recipeWatches.recipe, recipe))
  },
)

export const unwatchRecipe = defineQuery(
  'unwatchRecipe',
  async ({ db }, { recipe }: { recipe: string }): Promise<void> => {
    await db.delete(recipeWatches).where(eq(recipeWatches.recipe, recipe))
  },
)

export const listRecipeWatches = defineQuery('listRecipeWatches', async ({ db }): Promise<RecipeWatch[]> =>
  db.select().from(recipeWatches).orderBy(recipeWatches.recipe),
)
