import { checkRecipe } from '../checkRecipe.ts'
import { diffRecipe } from '../diffRecipe.ts'
import { listRecipes } from '../listRecipes.ts'
import { recipeStatus } from '../recipeStatus.ts'
import { runRecipe } from '../runRecipe.ts'
import { scheduleRecipe } from '../scheduleRecipe.ts'

/** Tools about recipes. */
export const recipeTools = {
  check_recipe: checkRecipe,
  diff_recipe: diffRecipe,
  list_recipes: listRecipes,
  recipe_status: recipeStatus,
  run_recipe: runRecipe,
  schedule_recipe: scheduleRecipe,
}
export { checkRecipe, diffRecipe, listRecipes, recipeStatus, runRecipe, scheduleRecipe }
