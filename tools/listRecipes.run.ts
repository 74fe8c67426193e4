import { listRecipeWatches } from '../store/index.ts'
import type { listRecipes } from './listRecipes.ts'
import { recipeShelf } from './recipes/recipeShelf.ts'
import { schedulesOf, triggerWords } from './recipes/recipeSchedules.ts'
import { runningRecipes, withoutName } from './recipes/runningRecipes.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof listRecipes> = async (_, ctx) => {
  const shelf = await recipeShelf(ctx)
  const watches = await listRecipeWatches(ctx.store, {})
  const running = await runningRecipes(ctx, shelf)
  const recipes = []
  for (const name of shelf.names()) {
    const { document, digest, origin, version } = shelf.named(name)
    const watch = watches.find(({ recipe }) => recipe === name)
    recipes.push({
      recipe: name,
      summary: document.summary,
      origin,
      digest,
      version,
      versions: shelf.versions(name).length,
      inputs: Object.entries(document.input).map(([field, { type, default: usual, about = '' }]) => ({
        name: field,
        type,
        required: usual === undefined,
        about,
      })),
      triggers: document.on.map(triggerWords),
      scheduled: watch
        ? { digest: watch.digest, version: shelf.versionOf(name, watch.digest), paused: watch.paused }
        : null,
      schedules: watch ? await schedulesOf(ctx, document) : [],
      running: running.filter(({ recipe }) => recipe === name).map(withoutName),
    })
  }
  return { recipes }
}
