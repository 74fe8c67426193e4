import { setTimeout } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { digestOf, findError, TributaryError } from '../../../kernel/index.ts'
import type { DurableGraph } from '../durableGraph.ts'
import type { BlobStore } from '../payload/blobStore.ts'
import { encode } from '../payload/encode.ts'
import { graphDataConverter, payloadConverterPath } from '../payload/graphDataConverter.ts'
import {
  graphEvents,
  graphInterrupts,
  graphNextEvents,
  graphResume,
  graphState,
  type EventPage,
  type GraphEvent,
  type GraphSnapshot,
  type PendingInterrupt,
} from '../protocol.ts'
import { asCoded } from './asCoded.ts'

/** The queue of graphs where nothing else is said, of client and worker alike. */
export const defaultTaskQueue = 'graphs'

/** The id of a run, which remembers the type of its state; any string that is one will do. */
export type RunId<State = unknown> = string & { readonly '~state'?: State }

export type ClientOptions = {
  /** A Temporal client of one's own, made with graphDataConverter. */
  client?: Client
  /** Else where the server is: default TEMPORAL_ADDRESS, or localhost:7233. */
  address?: string
  namespace?: string
  taskQueue?: string
  /** Where large payloads lie. Default: files below TRIBUTARY_HOME, or .tributary. */
  blobs?: BlobStore
}

/** Starts graphs and looks after them, from any process. Every method takes the id of a run, and follows its chain. */
export type GraphClient = {
  /**
   * Starts a graph, given as the exported function or by its name, under an id of the caller's; returns the id.
   * Throws graph/already-started where the id was used before, graph/payload, graph/nameless.
   */
  start: <Input, State>(
    graph: DurableGraph<Input, State> | string,
    input: Input,
    options: { id: string },
  ) => Promise<RunId<State>>
  /**
   * Every event once, in order, until the run ends: from the given number on, else from the oldest that is kept.
   * Throws graph/events-dropped where the log no longer has what comes next.
   */
  stream: (id: string, from?: number) => AsyncGenerator<GraphEvent, void>
  /** What the log has from a number on. Answers at once. */
  events: (id: string, from?: number) => Promise<EventPage>
  /** Answers an interrupt. Safe to repeat with the same value. Throws graph/unknown-interrupt. */
  resume: (id: string, interrupt: string, value: unknown) => Promise<void>
  /** Values, status, and what waits for an answer. */
  state: <State = unknown>(id: RunId<State>) => Promise<GraphSnapshot<State>>
  interrupts: (id: string) => Promise<PendingInterrupt[]>
  /** Asks for the end: it reaches the activities under way, and the run ends with graph/cancelled. */
  cancel: (id: string) => Promise<void>
  /** The final state, or the coded error with which the run failed. */
  result: <State = unknown>(id: RunId<State>) => Promise<State>
  close: () => Promise<void>
}

/** Throws graph/unreachable, graph/converter. */
export async function createClient(options: ClientOptions = {}): Promise<GraphClient> {
  const { taskQueue = defaultTaskQueue } = options
  const { client, close } = await open(options)
  const handle = (id: string) => client.workflow.getHandle(id)
  const coded = async <Result>(id: string, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (failure) {
      throw asCoded(failure, id)
    }
  }
  const events = (id: string, from = 0) => coded(id, () => handle(id).query(graphEvents, from))

  async function nextPage(id: string, from: number): Promise<EventPage> {
    try {
      return await handle(id).executeUpdate(graphNextEvents, { args: [from] })
    } catch {
      await setTimeout(200) // the run has ended or goes on in another one: its log can still be asked, now and then
      return events(id, from)
    }
  }
  return {
    start: (graph, input, { id }) =>
      coded(id, async () => {
        encode(input)
        const workflowIdReusePolicy = 'REJECT_DUPLICATE' as const
        await client.workflow.start(nameOf(graph), { taskQueue, workflowId: id, args: [input], workflowIdReusePolicy })
        return id
      }),
    async *stream(id, from) {
      let next = from
      for (let last = false; ;) {
        const page = await (last || next === undefined ? events(id, next) : nextPage(id, next))
        if (next !== undefined && page.first > next) throw dropped(id, next, page.first)
        yield* page.events
        next = page.next
        if (page.done || last) return
        // What came between the page and the end is asked for once more.
        last = await coded(id, async () => (await handle(id).describe()).status.name !== 'RUNNING')
      }
    },
    events,
    resume: (id, interrupt, value) =>
      coded(id, async () => {
        // The same answer twice is one update; another answer to the same question is another, and refused.
        const updateId = `resume/${interrupt}/${digestOf(JSON.stringify(encode(value)))}`
        // A question may be seen a moment before the server has taken what led to it: while it is still asked, it is answered.
        const isAsked = async () => (await handle(id).query(graphInterrupts)).some((one) => one.id === interrupt)
        await againWhere(
          async (failure) => isBetweenRuns(failure) || (isUnknownInterrupt(failure) && (await isAsked())),
          () => handle(id).executeUpdate(graphResume, { args: [interrupt, value], updateId }),
        )
      }),
    state: <State>(id: RunId<State>) =>
      coded(id, async () => (await handle(id).query(graphState)) as GraphSnapshot<State>),
    interrupts: (id) => coded(id, () => handle(id).query(graphInterrupts)),
    cancel: (id) => coded(id, async () => void (await handle(id).cancel())),
    result: <State>(id: RunId<State>) => coded(id, () => handle(id).result() as Promise<State>),
    close,
  }
}

async function open(options: ClientOptions): Promise<{ client: Client; close: () => Promise<void> }> {
  const { client, namespace = 'default', blobs } = options
  if (client !== undefined) {
    if (client.options.dataConverter?.payloadConverterPath === payloadConverterPath)
      return { client, close: async () => {} }
    throw new TributaryError('This Temporal client would read messages and large payloads as something else.', {
      code: 'graph/converter',
      tryThis: 'make it with { dataConverter: graphDataConverter(blobs) }',
    })
  }
  const address = options.address ?? process.env['TEMPORAL_ADDRESS'] ?? 'localhost:7233'
  try {
    const connection = await Connection.connect({ address })
    const dataConverter = graphDataConverter(blobs)
    return { client: new Client({ connection, namespace, dataConverter }), close: () => connection.close() }
  } catch (cause) {
    throw new TributaryError('The Temporal server does not answer.', {
      code: 'graph/unreachable',
      facts: { address },
      tryThis: 'start one (temporal server start-dev), or say where it is in TEMPORAL_ADDRESS',
      retry: true,
      cause,
    })
  }
}

function nameOf(graph: { name: string } | string): string {
  const name = typeof graph === 'string' ? graph : graph.name
  if (name !== '') return name
  throw new TributaryError('This graph has no name of its own.', {
    code: 'graph/nameless',
    tryThis: 'give durableGraph the name under which it is exported, or start it by that name',
  })
}

function dropped(id: string, next: number, first: number): TributaryError {
  return new TributaryError('The log of this run no longer has the events that come next.', {
    code: 'graph/events-dropped',
    facts: { id, next, first },
    tryThis: 'read faster, raise eventLimit of durableGraph, or get them from the history with replayEvents',
  })
}

/** An update that meets a workflow run in the moment in which the next one of its chain begins. */
const isBetweenRuns = (failure: unknown) =>
  /workflow execution already completed|workflow is closing|AcceptedUpdateCompletedWorkflow/i.test(
    `${String(failure)} ${String((failure as { cause?: unknown }).cause)}`,
  )

const isUnknownInterrupt = (failure: unknown) => findError(failure)?.code === 'graph/unknown-interrupt'

async function againWhere<Result>(
  isMeant: (failure: unknown) => Promise<boolean>,
  work: () => Promise<Result>,
): Promise<Result> {
  for (let left = 10; ; left--) {
    try {
      return await work()
    } catch (failure) {
      if (left === 0 || !(await isMeant(failure))) throw failure
      await setTimeout(200)
    }
  }
}
