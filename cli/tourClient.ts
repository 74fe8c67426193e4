import { WorkflowNotFoundError } from '@temporalio/client'
import type { z } from 'zod'
import { digestOf, findError, TributaryError } from '../kernel/index.ts'
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
    input: readKept(id, tourInput, options),
    summary: summary === null ? undefined : readKept(id, tourSummary, summary),
  }))
}

/** What an older version kept may lack what this one shows: said, not guessed. */
function readKept<T>(tour: string, schema: z.ZodType<T>, text: string): T {
  const parsed = schema.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  throw new TributaryError('This home holds a tour of another version, which cannot be shown.', {
    code: 'cli/other-version',
    facts: {
      tour,
      issues: parsed.error.issues.slice(0, 3).map(({ path, message }) => `${path.join('.')}: ${message}`),
    },
    tryThis:
      'start with another TRIBUTARY_HOME, or go back to the version that made this one; receipts stay auditable there',
  })
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
