import { findError } from '../../kernel/index.ts'
import { checkInput, fillTemplate, type RecipeRun } from '../../recipes/running/index.ts'
import {
  listRecipeVersions,
  listRecipeWatches,
  recordRecipeStart,
  untoldEvents,
  type RecipeWatch,
} from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { checkedOf } from './recipeShelf.ts'

type Edges = Pick<ToolContext, 'store' | 'workflows' | 'now' | 'log'>

/**
 * Starts every scheduled recipe once for each event that it waits for. Events are what the store holds, and each start is a row
 * beside it, so a round that is cut, one that is repeated, and two at a time in two processes start nothing twice: the workflow's id is
 * made of recipe, event and key, and Temporal runs an id once. Returns the ids that were started.
 */
export async function startByEvents({ store, workflows, now, log }: Edges): Promise<string[]> {
  const started: string[] = []
  for (const watch of await listRecipeWatches(store, {})) {
    if (watch.paused) continue
    const checked = await versionOf({ store }, watch)
    if (checked === undefined) continue
    const { document, digest } = checked
    for (const trigger of document.on) {
      if (!('event' in trigger)) continue
      const { event } = trigger
      const about = { recipe: document.recipe, event }
      for (const { key, fields } of await untoldEvents(store, { ...about, sinceMs: watch.sinceMs })) {
        const workflow = `recipe/${document.recipe}/${event}/${key}`
        try {
          const input = checkInput(document, fillTemplate(trigger.with, { event: fields }))
          const run: RecipeRun = { document, digest, input, cause: { by: 'event', event, key } }
          await workflows.start('recipe', workflow, [run], { memo: { recipe: document.recipe, digest }, once: true })
        } catch (failure) {
          // Temporal is away: the next round tells it again. What does not fit the recipe never will.
          const error = findError(failure)
          log.warn({ ...about, key, err: error?.code ?? String(failure) }, 'an event did not start its recipe')
          if (!error?.code.startsWith('recipe/')) return started
        }
        if (await recordRecipeStart(store, { ...about, key, workflow, atMs: now() })) started.push(workflow)
      }
    }
  }
  return started
}

async function versionOf({ store }: Pick<Edges, 'store'>, { recipe, digest }: RecipeWatch) {
  const rows = await listRecipeVersions(store, { name: recipe })
  const row = rows.find((one) => one.digest === digest)
  return row && checkedOf(row)
}

const everyMs = 2_000

/** Does so every two seconds, one round at a time, until what it returns is called; that waits for the round under way. */
export function watchEvents(edges: Edges): () => Promise<void> {
  let round: Promise<unknown> = Promise.resolve()
  let isBusy = false
  const look = () => {
    if (isBusy) return
    isBusy = true
    round = startByEvents(edges)
      .catch((failure: unknown) => edges.log.warn({ err: failure }, 'events could not be read'))
      .finally(() => (isBusy = false))
  }
  const timer = setInterval(look, everyMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await round
  }
}
