import './sandbox/asyncContext.ts'
import { Command, GraphRecursionError } from '@langchain/langgraph/web'
import { allHandlersFinished, condition, patched, setHandler, workflowInfo } from '@temporalio/workflow'
import type { ApprovalVerdict } from '../../kernel/index.ts'
import {
  checkVerdict,
  earlyVerdicts,
  giveVerdict,
  isWaitingApproval,
  joinGraph,
  keepVerdicts,
  waitingApprovals,
} from './approvals.ts'
import { createEventLog } from './eventLog.ts'
import { createInterrupts, type StoppedTask } from './interrupts.ts'
import type { NodeCalls } from './nodeCalls.ts'
import { encode } from './payload/encode.ts'
import type { GraphBuilder } from './placeNodes.ts'
import { graphEmit, graphEvents, graphInterrupts, graphNextEvents, graphResume, graphState } from './protocol.ts'
import type { GraphEvent, GraphSnapshot } from './protocol.ts'
import { noteEvent } from './replayProbe.ts'
import { historyBound, type HistoryBound } from './historyBound.ts'
import { carryOn, takeCarried } from './sandbox/carryOn.ts'
import { LatestSaver } from './sandbox/latestSaver.ts'
import { stateChecks } from './stateChecks.ts'

/** What runGraph needs of a compiled LangGraph. */
type RunnableGraph = {
  stream: (input: unknown, options: object) => Promise<AsyncIterable<unknown>>
  getState: (config: object) => Promise<{ values: unknown; tasks: readonly StoppedTask[] }>
}

export type RunOptions = {
  name: string
  recursionLimit: number
  eventLimit: number
  continueAfter: HistoryBound
  calls: NodeCalls
}

type Chunk = [namespace: string[], mode: 'updates' | 'custom', data: unknown]
type News = Omit<GraphEvent, 'seq'>

const longestWaitMs = 20_000

/**
 * One run of a placed graph to its end: streams it, logs what happens, waits at interrupts, resumes by id, and goes on in a
 * new workflow run where its history has grown past the bound.
 * The checkpointer lives in this sandbox; Temporal's history is the only durable store.
 */
export async function runGraph(builder: GraphBuilder, input: unknown, options: RunOptions): Promise<unknown> {
  const { name, recursionLimit, calls } = options
  const carried = takeCarried(name)
  const saver = new LatestSaver(carried && { stops: [['', carried.stopAt ?? Infinity]], ...carried.saved })
  const graph = builder.compile({ checkpointer: saver }) as RunnableGraph
  const log = createEventLog(options.eventLimit, carried?.log)
  const interrupts = createInterrupts(carried?.interrupts)
  if (carried !== undefined) {
    calls.load(carried.calls)
    keepVerdicts(carried.early ?? [])
  }
  const bound = historyBound(options.continueAfter)
  const keys = Object.keys(builder.channels ?? {})
  const checks = stateChecks(builder)
  const config = { configurable: { thread_id: workflowInfo().workflowId } }
  let status: GraphSnapshot['status'] = 'running'
  let leaving = false

  const valuesNow = () => {
    const { values } = saver.latest()
    return Object.fromEntries(keys.filter((key) => key in values).map((key) => [key, values[key]]))
  }
  const record = (event: News) => {
    encode(event.data) // refuses here, at the node that made it, what no query could return
    noteEvent(log.push(event))
  }
  // What a node asks by itself, and what an activity of it may not do before somebody approves.
  const pending = () => [...interrupts.waiting(), ...waitingApprovals()]
  joinGraph(record)
  setHandler(graphState, () => {
    const values = saver.latest().step < 0 ? undefined : valuesNow()
    const statusNow = waitingApprovals().length > 0 ? 'waiting' : status
    return { values, status: statusNow, interrupts: pending(), calls: calls.total() }
  })
  setHandler(graphInterrupts, pending)
  setHandler(graphEvents, (from) => log.page(from))
  setHandler(
    graphNextEvents,
    async (from: number, waitMs: number = longestWaitMs) => {
      bound.countUpdate()
      const news = () => log.next() > from || status === 'done' || leaving
      if (!news() && waitMs > 0) await condition(news, Math.min(waitMs, longestWaitMs))
      return log.page(from)
    },
    { validator: (_from: number, _waitMs?: number) => bound.admitFollower() },
  )
  const answer = (id: string, value: unknown) => {
    const taken = interrupts.answer(id, value)
    if (taken !== undefined) record({ kind: 'resume', node: taken.node, path: [], data: { id, value } })
  }
  setHandler(
    graphResume,
    (id, value) => {
      bound.countUpdate()
      if (isWaitingApproval(id)) giveVerdict(id, value as ApprovalVerdict)
      else answer(id, value)
      return { waiting: pending().length }
    },
    {
      validator: (id: string, value: unknown) =>
        isWaitingApproval(id) ? checkVerdict(id, value) : interrupts.check(id, value),
    },
  )
  setHandler(graphEmit, (step, from, items) => {
    const call = calls.running.get(step)
    if (call === undefined) return // of an attempt that was given up
    for (const data of items.slice(Math.max(0, call.heard - from)))
      record({ kind: 'custom', node: call.node, path: call.path, data })
    call.heard = Math.max(call.heard, from + items.length)
  })

  /** Runs until the graph has ended, waits for answers, or is to go on in a new run: then true. */
  const pass = async (next: unknown): Promise<boolean> => {
    const raised = new Set<string>()
    const began = saver.latest().step
    const asking = saver.asking()
    let checked = began
    let wrong: Error | undefined
    const problem = (): Error | undefined => {
      const { step } = saver.latest()
      if (checks !== undefined && step !== checked) wrong ??= checks.state(valuesNow())
      checked = step
      if (saver.isOverLimit()) wrong ??= new GraphRecursionError()
      return wrong
    }
    // What asks beside it runs again in the next run, up to its question: so that comes only where it must.
    const isLong = () => bound.isPast(raised.size > 0 ? 2 : 1)
    // An answer is handed to the task that asked for it, in whichever subgraph, and is lost if that does not run.
    const isPast = () => {
      if (!(next instanceof Command) || saver.latest().step > began) return isLong()
      const isHeard = [...asking].every((checkpoint) => saver.isBehind(checkpoint))
      return isHeard && isLong() && patched('graph-continue/2')
    }
    let isStopped = false
    // LangGraph asks at the boundary of each superstep, of subgraphs too, whether it shall stop there.
    const control = {
      get drainRequested() {
        if (problem() !== undefined) return true
        isStopped ||= isPast()
        return isStopped
      },
      drainReason: 'continue-as-new',
    }
    try {
      const streaming = {
        ...config,
        recursionLimit,
        control,
        streamMode: ['updates', 'custom'],
        subgraphs: true,
      }
      for await (const chunk of await graph.stream(next, streaming)) {
        const [namespace, mode, data] = chunk as Chunk
        const stops = (data as { __interrupt__?: { id: string }[] } | null)?.__interrupt__
        if (stops !== undefined) for (const { id } of stops) raised.add(id)
        else for (const event of eventsOf(namespace, mode, data)) record(event)
      }
    } catch (error) {
      if ((error as Error).name !== 'GraphDrained') throw error
    }
    // Also of a graph that has just ended: LangGraph lets none end in the very superstep at which its limit is reached.
    const found = problem()
    if (found !== undefined) throw found
    const { tasks } = await graph.getState(config)
    for (const { id, node, value } of interrupts.update(tasks, raised)) {
      record({ kind: 'interrupt', node, path: [], data: { id, value } })
    }
    // Where one branch asked and another was stopped, LangGraph tells of the question alone.
    return isStopped
  }

  /** The state goes to the next workflow run of this chain, and this one ends. */
  const leave = async (waits: boolean): Promise<never> => {
    leaving = true
    await condition(allHandlersFinished)
    const early = earlyVerdicts()
    return carryOn({
      $carried: 1,
      graph: name,
      saved: saver.save(),
      log: log.save(),
      interrupts: interrupts.save(),
      calls: calls.save(),
      waits,
      ...(early.length === 0 ? {} : { early }),
    })
  }

  let next: unknown = carried === undefined ? input : null
  for (let waits = carried?.waits ?? false; ; waits = false) {
    if (!waits && (await pass(next))) return leave(false)
    if (interrupts.waiting().length === 0 && !interrupts.answered()) break
    status = 'waiting'
    await condition(() => interrupts.answered() || bound.isPast())
    if (!interrupts.answered()) return leave(true)
    status = 'running'
    saver.countAfresh()
    next = new Command({ resume: interrupts.take() })
  }
  const { values } = await graph.getState(config)
  encode(values)
  record({ kind: 'end', node: '', path: [], data: null })
  status = 'done'
  log.end()
  await condition(allHandlersFinished)
  return values
}

function* eventsOf(namespace: string[], kind: 'updates' | 'custom', data: unknown): Generator<News> {
  // A namespace's parts read `<node>:<random task id>`.
  const path = namespace.map((part) => part.slice(0, part.indexOf(':')))
  if (kind === 'custom') yield { kind, node: '', path, data }
  else {
    for (const [node, update] of Object.entries(data as Record<string, unknown>)) {
      yield { kind: 'node', node, path, data: update }
    }
  }
}
