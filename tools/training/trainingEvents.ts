import { z } from 'zod'
import { digestString, TributaryError, type Digest } from '../../kernel/index.ts'
import { appendTrace, listTrace, type TraceLine } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'

const planned = z.object({
  run: digestString,
  alias: z.string(),
  recipe: z.string(),
  recipeDigest: digestString,
  samples: z.int(),
  payees: z.int(),
  groups: z.int(),
  batch: z.int(),
  steps: z.int(),
})

/** What can be told of a run. Bodies hold no time, so that a step that is done again after a kill tells the same. */
export const trainingEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('planned'), body: planned }),
  z.object({ kind: z.literal('frozen'), body: z.object({ done: z.int(), of: z.int() }) }),
  z.object({ kind: z.literal('step'), body: z.object({ step: z.int(), steps: z.int(), lossMicroNats: z.int() }) }),
  z.object({ kind: z.literal('validation'), body: z.object({ step: z.int(), lossMicroNats: z.int() }) }),
  z.object({
    kind: z.literal('skipped'),
    body: z.object({
      step: z.int(),
      sample: digestString,
      normMicro: z.int().nullable().describe('null: not a number'),
      boundMicro: z.int(),
    }),
  }),
  z.object({ kind: z.literal('stopped'), body: z.object({ step: z.int(), best: z.int() }) }),
  z.object({
    kind: z.literal('finished'),
    body: z.object({
      adapter: digestString,
      card: digestString,
      step: z.int(),
      heldOutLossBeforeMicroNats: z.int(),
      heldOutLossAfterMicroNats: z.int(),
    }),
  }),
  z.object({ kind: z.literal('published'), body: z.object({ adapter: digestString, alias: z.string() }) }),
])
export type TrainingEvent = z.output<typeof trainingEvent>
/** An event with its number, which is what Last-Event-ID names, and the time when it was first told. */
export type NumberedEvent = TrainingEvent & { id: number; atMs: number }

const subjectOf = (id: string): string => `training/${id}`

/** Tells something of a run, once for each key. */
export async function appendTrainingEvent(
  { store, now }: Pick<ToolContext, 'store' | 'now'>,
  run: Digest,
  key: string,
  { kind, body }: TrainingEvent,
): Promise<void> {
  await appendTrace(store, { subject: subjectOf(run), key, kind, body, atMs: now() })
}

/** Says which run a training is: from then on its events are found by either name. */
export async function appendTrainingPlan(
  { store, now }: Pick<ToolContext, 'store' | 'now'>,
  training: string,
  body: z.output<typeof planned>,
): Promise<void> {
  await appendTrace(store, { subject: subjectOf(training), key: 'planned', kind: 'planned', body, atMs: now() })
}

/**
 * What was told of a training after event `after`, in order; nothing before it is planned. Read from the database, so it
 * is the same from any process, and after any restart. Event 0 is the plan. Cost: reads and checks all lines of the run.
 */
export async function readTrainingEvents(
  { store }: Pick<ToolContext, 'store'>,
  training: string,
  after = -1,
): Promise<NumberedEvent[]> {
  const [plan] = await listTrace(store, { subject: subjectOf(training) })
  if (plan === undefined) return []
  const first = eventOf(plan, 0)
  if (first.kind !== 'planned') return []
  const told = (await listTrace(store, { subject: subjectOf(first.body.run) })).map((line, i) => eventOf(line, i + 1))
  return [first, ...told].filter(({ id }) => id > after)
}

function eventOf({ kind, body, atMs, subject, key }: TraceLine, id: number): NumberedEvent {
  const parsed = trainingEvent.safeParse({ kind, body: JSON.parse(body) as unknown })
  if (parsed.success) return { id, atMs, ...parsed.data }
  throw new TributaryError('A stored line about a training run is of a kind that this version does not know.', {
    code: 'tools/other-version',
    facts: { subject, key, kind },
    tryThis: 'go back to the version that wrote it',
  })
}
