import { asc, eq } from 'drizzle-orm'
import { defineQuery } from '../../defineQuery.ts'
import { recipes } from '../../schema/index.ts'
import { recipeRow, type RecipeRow } from './recipeRow.ts'

/** All versions of all recipes, or of one, oldest first. */
export const listRecipeVersions = defineQuery(
  'listRecipeVersions',
  async ({ db }, { name }: { name?: string }): Promise<RecipeRow[]> => {
    const all = db.select().from(recipes)
    const wanted = name === undefined ? all : all.where(eq(recipes.name, name))
    return (await wanted.orderBy(asc(recipes.name), asc(recipes.version))).map(recipeRow)
  },
)
