import type { Run } from './runTool.ts'
import type { trainingEvents } from './trainingEvents.ts'
import { readTrainingEvents } from './training/trainingEvents.ts'
import { trainingProgress } from './training/trainingProgress.ts'

export const run: Run<typeof trainingEvents> = async ({ training, after }, ctx) => {
  const all = await readTrainingEvents(ctx, training)
  const progress = trainingProgress(all)
  return { training, progress, events: all.filter(({ id }) => id > after) }
}
