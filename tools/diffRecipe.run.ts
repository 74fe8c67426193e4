import { diffRecipes } from '../recipes/index.ts'
import { listRecipeWatches } from '../store/index.ts'
import type { diffRecipe } from './diffRecipe.ts'
import { recipeShelf, type Meant } from './recipes/recipeShelf.ts'
import { runningRecipes, withoutName } from './recipes/runningRecipes.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof diffRecipe> = async ({ from, ...wish }, ctx) => {
  const shelf = await recipeShelf(ctx)
  const to = shelf.meant(wish)
  const name = to.document.recipe
  const watch = (await listRecipeWatches(ctx.store, {})).find(({ recipe }) => recipe === name)
  const version = watch ? shelf.versionOf(name, watch.digest) : (shelf.versions(name).at(-1)?.version ?? null)
  const before = shelf.named(from ?? (version === null ? name : `${name}@${version}`))
  const running = (await runningRecipes(ctx, shelf)).filter((one) => one.recipe === name && one.digest !== to.digest)
  return {
    from: side(before),
    to: side(to),
    changes: diffRecipes(before.document, to.document),
    running: running.map(withoutName),
  }
}

const side = ({ document, version, digest }: Meant) => ({ recipe: document.recipe, version, digest })
