import type { checkRecipe } from './checkRecipe.ts'
import { recipeShelf } from './recipes/recipeShelf.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof checkRecipe> = async ({ recipe, written, also }, ctx) => {
  const shelf = await recipeShelf(ctx)
  if (written === undefined || recipe !== undefined) {
    const { document, digest } = shelf.meant({ recipe, written, also })
    return { recipe: document.recipe, digest, problems: [], document }
  }
  const { checked, problems } = shelf.check(written, also)
  return {
    recipe: checked?.document.recipe ?? null,
    digest: checked?.digest ?? null,
    problems,
    document: checked?.document ?? null,
  }
}
