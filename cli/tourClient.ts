import { WorkflowNotFoundError } from '@temporalio/client'
import { digestOf, findError } from '../kernel/index.ts'
import { currentEpoch, listTours, openTour } from '../store/index.ts'
import { tourSummary, type TourSummary } from '../tools/index.ts'
import type { Tributary } from '../temporal.config.ts'
import { tourInput, type Phase, type TourInput } from '../workflows/tourInput.ts'

export type Round = { id: string; input: TourInput; summary: TourSummary | undefined }

/** All rounds, oldest first, each with what it was asked and, when it is finished, what it did. */
export async function roundsOf({ ctx }: Tributary): Promise<Round[]> {
  const tours = await listTours(ctx.store, {})
  return tours.toReversed().map(({ id, options, summary }) => ({
    id,
    input: tourInput.parse(JSON.parse(options)),
    summary: summary === null ? undefined : tourSummary.parse(JSON.parse(summary)),
  }))
}

export async function openEpochNumber({ ctx }: Tributary): Promise<number> {
  return (await currentEpoch(ctx.store, {})).number
}

/** Notes the round, then starts its workflow; one that runs or ended already is left as it is. */
export async function startTour({ ctx }: Tributary, id: string, input: TourInput): Promise<void> {
  await openTour(ctx.store, {
    id,
    questionSet: digestOf({ datanet: input.datanet, skip: input.skip, seed: input.seed }),
    options: input,
  })
  await ctx.workflows.start('tour', id, [input])
}

export async function tourResult({ client }: Tributary, id: string): Promise<TourSummary> {
  try {
    return tourSummary.parse(await client.workflow.result(id))
  } catch (failure) {
    throw findError(failure) ?? failure
  }
}

export async function tourPhase({ client }: Tributary, id: string): Promise<Phase | 'done'> {
  return client.workflow.getHandle(id).query<Phase | 'done'>('tourPhase')
}

/** Mean training loss of each step so far, nats. Empty where nothing was trained in this round. */
export async function tourLosses({ client }: Tributary, id: string): Promise<number[]> {
  try {
    const losses = await client.workflow.getHandle(`${id}/train`).query<number[]>('trainingLosses')
    return losses.map((microNats) => microNats / 1e6)
  } catch (failure) {
    if (failure instanceof WorkflowNotFoundError) return []
    throw failure
  }
}
