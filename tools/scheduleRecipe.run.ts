import { TributaryError } from '../kernel/index.ts'
import { listRecipeWatches, pauseRecipe, unwatchRecipe, watchRecipe } from '../store/index.ts'
import type { ToolContext } from './context.ts'
import { checkedOf, keepRecipe, recipeShelf, type Meant, type RecipeShelf } from './recipes/recipeShelf.ts'
import { putSchedules, scheduleIds, schedulesOf, triggerWords } from './recipes/recipeSchedules.ts'
import type { Run } from './runTool.ts'
import type { scheduleRecipe } from './scheduleRecipe.ts'

/** Every part of it may be done again: schedules are put under their ids, and the watch is one row. */
export const run: Run<typeof scheduleRecipe> = async ({ action, ...wish }, ctx) => {
  const { store, workflows, now } = ctx
  const shelf = await recipeShelf(ctx)
  if (action === 'schedule') {
    const meant = shelf.meant(wish)
    const { document, digest } = meant
    if (document.on.length === 0) throw withoutTrigger(document.recipe)
    const version = await keepRecipe(ctx, meant)
    await putSchedules(ctx, meant)
    await watchRecipe(store, { recipe: document.recipe, digest, atMs: now() })
    return { ...shown(meant), version, state: 'scheduled', schedules: await schedulesOf(ctx, document) }
  }
  const meant = await watched(ctx, shelf, wish.recipe ?? '')
  const { recipe } = meant.document
  if (action === 'delete') {
    for (const id of scheduleIds(recipe)) await workflows.schedules.remove(id)
    await unwatchRecipe(store, { recipe })
    return { ...shown(meant), state: 'deleted', schedules: [] }
  }
  const paused = action === 'pause'
  for (const id of scheduleIds(recipe)) await workflows.schedules.pause(id, paused)
  await pauseRecipe(store, { recipe, paused })
  const state = paused ? 'paused' : 'scheduled'
  return { ...shown(meant), state, schedules: await schedulesOf(ctx, meant.document) }
}

function shown({ document, digest, version }: Meant) {
  const events = document.on.filter((trigger) => 'event' in trigger).map(triggerWords)
  return { recipe: document.recipe, version, digest, events }
}

/** The version that begins by itself, whatever the name means by now. */
async function watched({ store }: ToolContext, shelf: RecipeShelf, recipe: string): Promise<Meant> {
  const watch = (await listRecipeWatches(store, {})).find((one) => one.recipe === recipe)
  const row = watch && shelf.versions(recipe).find(({ digest }) => digest === watch.digest)
  if (row !== undefined) return { ...checkedOf(row), origin: row.origin, version: row.version }
  throw new TributaryError(`${recipe || 'The recipe'} is not scheduled here.`, {
    code: 'recipe/not-scheduled',
    facts: { recipe },
    tryThis: 'name one that is: tributary recipe list',
  })
}

function withoutTrigger(recipe: string): TributaryError {
  return new TributaryError(`${recipe} says not when it is to run.`, {
    code: 'recipe/no-trigger',
    facts: { recipe },
    tryThis: 'give it an `on` with a schedule or an event; by hand it needs none: tributary recipe run',
  })
}
