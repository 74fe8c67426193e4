import { Hono } from 'hono'
import { streamSSE, type SSEStreamingApi } from 'hono/streaming'
import { findError, TributaryError } from '../kernel/index.ts'
import {
  readTrainingEvents,
  toWire,
  trainingProgress,
  type Admit,
  type BoundTool,
  type NumberedEvent,
  type ToolContext,
} from '../tools/index.ts'

const pollMs = 400
const quietMs = 15_000
const looksMs = 2_000

/**
 * `GET /train/<training>/events`: what happens in a training, as server-sent events, for the operator.
 *
 * Events are read from the database, never from memory: `Last-Event-ID` (or `?after=`) goes on after that event, on any
 * server and after any restart. The stream ends with `published`, or with `failed` and the coded error.
 * Throws gateway/no-training, gateway/event-id.
 */
export function trainRoutes(tools: readonly BoundTool[], ctx: ToolContext, admit: Admit): Hono {
  const app = new Hono()
  const tool = tools.find(({ definition }) => definition.name === 'training_events')
  app.get('/train/:training/events', async (c) => {
    if (tool) admit(tool, c.req.header('authorization'))
    const training = c.req.param('training').slice(0, 80)
    const after = eventIdOf(c.req.header('last-event-id') ?? c.req.query('after'))
    const known = (await readTrainingEvents(ctx, training)).length > 0
    if (!known && (await ctx.workflows.describe(`train/${training}`)) === undefined) throw noTraining(training)
    c.header('cache-control', 'no-store')
    return streamSSE(c, (stream) => follow(stream, ctx, training, after))
  })
  return app
}

async function follow(stream: SSEStreamingApi, ctx: ToolContext, training: string, first: number): Promise<void> {
  let after = first
  let saidAt = Date.now()
  let lookedAt = 0
  while (!stream.aborted) {
    let failure: object | undefined
    if (Date.now() - lookedAt >= looksMs) {
      lookedAt = Date.now()
      failure = await failureOf(ctx, training)
    }
    const all = await readTrainingEvents(ctx, training)
    for (const [i, event] of all.entries()) {
      if (event.id <= after) continue
      await stream.writeSSE({ id: `${event.id}`, event: event.kind, data: dataOf(event, all.slice(0, i + 1)) })
      after = event.id
      saidAt = Date.now()
    }
    if (all.at(-1)?.kind === 'published') return
    if (failure !== undefined) {
      await stream.writeSSE({ event: 'failed', data: toWire({ error: failure }) })
      return
    }
    if (Date.now() - saidAt > quietMs) {
      await stream.write(': still here\n\n')
      saidAt = Date.now()
    }
    await stream.sleep(pollMs)
  }
}

/** An event with speed and time left as they were then. */
function dataOf(event: NumberedEvent, until: readonly NumberedEvent[]): string {
  const { atMs, body } = event
  if (event.kind !== 'step') return toWire({ atMs, ...body })
  const { samplesPerSecond, etaSeconds } = trainingProgress(until)
  return toWire({ atMs, ...body, samplesPerSecond, etaSeconds })
}

/** The coded error of a training whose workflow ended without an adapter; a training inside another workflow has none here. */
async function failureOf({ workflows }: ToolContext, training: string): Promise<object | undefined> {
  const id = `train/${training}`
  const status = (await workflows.describe(id))?.status
  if (status === undefined || status === 'RUNNING' || status === 'COMPLETED') return undefined
  try {
    await workflows.result(id)
    return undefined
  } catch (failure) {
    const error = findError(failure)
    if (error) return error.toJSON()
    throw failure
  }
}

function eventIdOf(text: string | undefined): number {
  if (text === undefined || text === '') return -1
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new TributaryError('Last-Event-ID is the number of an event.', {
    code: 'gateway/event-id',
    facts: { given: text.slice(0, 40) },
    tryThis: 'send the id of the last event that you had, or none',
  })
}

function noTraining(training: string): TributaryError {
  return new TributaryError('There is no training of this id.', {
    code: 'gateway/no-training',
    facts: { training },
    tryThis: 'ask preview_training or train_adapter for the id',
  })
}
