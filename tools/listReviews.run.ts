import { getSample } from '../store/index.ts'
import type { listReviews } from './listReviews.ts'
import { askedOf } from './reviewing/askedOf.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof listReviews> = async (_, ctx) => {
  const reviews = []
  for (const { id: workflow, startedAt } of await ctx.workflows.running('curator')) {
    const asked = await askedOf(ctx, workflow)
    if (asked === undefined) continue
    const samples = []
    for (const { sample: id, rule, reason } of asked.value.uncertain) {
      const { prompt, completion, source } = await getSample(ctx.store, { id })
      samples.push({ sample: id, rule, doubt: reason, prompt, completion, source })
    }
    reviews.push({ workflow, datanet: asked.value.datanet, startedAt: new Date(startedAt).toISOString(), samples })
  }
  return { reviews }
}
