import type { z } from 'zod'
import { fillTemplate, type RecipeDocument, type RecipeRun, type RecipeTrigger } from '../../recipes/running/index.ts'
import type { Checked } from '../../recipes/index.ts'
import type { ToolContext } from '../context.ts'
import type { recipeSchedule } from './writtenRecipe.ts'

const mostTriggers = 10

/** Schedules of a recipe are numbered as its triggers are, of which there are at most ten. */
export const scheduleIds = (name: string) =>
  Array.from({ length: mostTriggers }, (_, i) => `recipe/${name}/schedule-${i}`)

/** What a trigger says, in a few words. */
export function triggerWords(trigger: RecipeTrigger): string {
  if ('event' in trigger) return `on ${trigger.event}`
  if ('everyMs' in trigger) return `every ${trigger.everyMs / 60_000} min`
  return `${trigger.schedule} ${trigger.zone}`
}

/**
 * Makes the schedules of a recipe those of this version, and takes away what an older one had more. Each carries the document, so a
 * schedule that nobody touches starts the same version for ever.
 */
export async function putSchedules({ workflows }: ToolContext, { document, digest }: Checked): Promise<void> {
  const { schedules } = workflows
  const wanted = new Set<string>()
  for (const [i, trigger] of document.on.entries()) {
    if ('event' in trigger) continue
    const id = scheduleIds(document.recipe)[i]!
    wanted.add(id)
    const input = fillTemplate(trigger.with, {}) as Record<string, unknown>
    const run: RecipeRun = { document, digest, input, cause: { by: 'schedule' } }
    await schedules.put(id, {
      ...('everyMs' in trigger ? { everyMs: trigger.everyMs } : { cron: trigger.schedule, zone: trigger.zone }),
      workflow: 'recipe',
      args: [run],
      memo: { recipe: document.recipe, digest },
    })
  }
  for (const id of scheduleIds(document.recipe)) if (!wanted.has(id)) await schedules.remove(id)
}

/** Its schedules as they stand, with their next runs. */
export async function schedulesOf(
  { workflows }: Pick<ToolContext, 'workflows'>,
  document: Pick<RecipeDocument, 'recipe' | 'on'>,
): Promise<z.input<typeof recipeSchedule>[]> {
  const found = await Promise.all(scheduleIds(document.recipe).map((id) => workflows.schedules.find(id)))
  return found.flatMap((schedule, i) => {
    if (schedule === undefined) return []
    const { id, paused, next } = schedule
    const trigger = document.on[i]
    const when = trigger === undefined ? 'of another version' : triggerWords(trigger)
    return [{ id, when, paused, next: next.map((ms) => new Date(ms).toISOString()) }]
  })
}
