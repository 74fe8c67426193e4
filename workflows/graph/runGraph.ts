import './sandbox/asyncContext.ts'
import { Command, MemorySaver } from '@langchain/langgraph/web'
import { allHandlersFinished, condition, setHandler, workflowInfo } from '@temporalio/workflow'
import { createEventLog } from './eventLog.ts'
import { createInterrupts, type StoppedTask } from './interrupts.ts'
import { encode } from './payload/encode.ts'
import type { GraphBuilder } from './placeNodes.ts'
import {
  graphEvents,
  graphInterrupts,
  graphNextEvents,
  graphResume,
  graphState,
  type GraphEvent,
  type GraphSnapshot,
} from './protocol.ts'

/** What runGraph needs of a compiled LangGraph. */
export type RunnableGraph = {
  stream: (input: unknown, options: object) => Promise<AsyncIterable<unknown>>
  getState: (config: object) => Promise<{ values: unknown; tasks: readonly StoppedTask[] }>
}

export type RunOptions = { recursionLimit: number; eventLimit: number; calls: () => number }

type Chunk = [namespace: string[], mode: 'updates' | 'custom' | 'values', data: unknown]

const longestWaitMs = 20_000

/**
 * One run of a placed graph to its end: streams it, logs what happens, waits at interrupts, resumes by id.
 * The checkpointer lives in this sandbox; Temporal's history is the only durable store.
 */
export async function runGraph(builder: GraphBuilder, input: unknown, options: RunOptions): Promise<unknown> {
  const graph = builder.compile({ checkpointer: new MemorySaver() }) as RunnableGraph
  const config = { configurable: { thread_id: workflowInfo().workflowId }, recursionLimit: options.recursionLimit }
  const log = createEventLog(options.eventLimit)
  const interrupts = createInterrupts()
  let values: unknown
  let status: GraphSnapshot['status'] = 'running'

  const record = (event: Omit<GraphEvent, 'seq'>) => {
    encode(event.data) // refuses here, at the node that made it, what no query could return
    log.push(event)
  }
  setHandler(graphState, () => ({ values, status, interrupts: interrupts.waiting(), calls: options.calls() }))
  setHandler(graphInterrupts, () => interrupts.waiting())
  setHandler(graphEvents, (from) => log.page(from))
  setHandler(graphNextEvents, async (from, waitMs = longestWaitMs) => {
    const news = () => log.next() > from || status === 'done'
    if (!news() && waitMs > 0) await condition(news, Math.min(waitMs, longestWaitMs))
    return log.page(from)
  })
  setHandler(
    graphResume,
    (id, value) => {
      const { node } = interrupts.answer(id, value)
      record({ kind: 'resume', node, path: [], data: { id, value } })
      return { waiting: interrupts.waiting().length }
    },
    { validator: (id: string, _value: unknown) => interrupts.check(id) },
  )

  for (let next = input; ; next = new Command({ resume: interrupts.take() })) {
    const options = { ...config, streamMode: ['updates', 'custom', 'values'], subgraphs: true }
    const raised = new Set<string>()
    for await (const chunk of await graph.stream(next, options)) {
      const [namespace, mode, data] = chunk as Chunk
      const stops = (data as { __interrupt__?: { id: string }[] } | null)?.__interrupt__
      if (stops !== undefined) for (const { id } of stops) raised.add(id)
      else if (mode !== 'values') for (const event of eventsOf(namespace, mode, data)) record(event)
      else if (namespace.length === 0) values = data
    }
    const snapshot = await graph.getState(config)
    values = snapshot.values
    for (const { id, node, value } of interrupts.update(snapshot.tasks, raised)) {
      record({ kind: 'interrupt', node, path: [], data: { id, value } })
    }
    if (interrupts.waiting().length === 0) break
    status = 'waiting'
    await condition(interrupts.answered)
    status = 'running'
  }
  encode(values)
  record({ kind: 'end', node: '', path: [], data: null })
  status = 'done'
  log.end()
  await condition(allHandlersFinished)
  return values
}

function* eventsOf(namespace: string[], kind: 'updates' | 'custom', data: unknown): Generator<Omit<GraphEvent, 'seq'>> {
  // A namespace's parts read `<node>:<random task id>`.
  const path = namespace.map((part) => part.slice(0, part.indexOf(':')))
  if (kind === 'custom') yield { kind, node: '', path, data }
  else {
    for (const [node, update] of Object.entries(data as Record<string, unknown>)) {
      yield { kind: 'node', node, path, data: update }
    }
  }
}
