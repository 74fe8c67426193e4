// One graph a feature, for features.test.ts and longLives.test.ts.
import { durableGraph, inActivity } from '../index.ts'
import {
  Annotation,
  Command,
  END,
  getWriter,
  interrupt,
  MessagesAnnotation,
  Send,
  START,
  StateGraph,
} from '@langchain/langgraph/web'
import { sleep } from '@temporalio/workflow'
import { withLangGraph } from '@langchain/langgraph/zod'
import type { AIMessage } from '@langchain/core/messages'
import { z } from 'zod'

const added = <Item>() => Annotation<Item[]>({ reducer: (all, more) => all.concat(more), default: () => [] })
const short = { as: 'activity', timeout: '10 s' } as const

const Route = Annotation.Root({ text: Annotation<string>, kind: Annotation<string>, way: added<string>() })

/** Command with update and goto from an activity, then from a node of the sandbox, then out of a subgraph to its parent. */
export const router = durableGraph(
  new StateGraph(Route)
    .addNode('classify', inActivity, { ends: ['short', 'long'] })
    .addNode('short', ({ text }) => new Command({ update: { way: [`short ${text}`] }, goto: 'inner' }), {
      ends: ['inner'],
    })
    .addNode('long', () => ({ way: ['long'] }))
    .addNode(
      'inner',
      new StateGraph(Route).addNode('leave', inActivity).addEdge(START, 'leave').addEdge('leave', END).compile(),
      { ends: ['last'] },
    )
    .addNode('last', () => ({ way: ['last'] }))
    .addEdge(START, 'classify')
    .addEdge('long', END)
    .addEdge('last', END),
  {
    name: 'router',
    nodes: {
      classify: { ...short, activity: 'classify' },
      short: { as: 'workflow' },
      long: { as: 'workflow' },
      inner: { as: 'graph', nodes: { leave: { ...short, activity: 'leave' } } },
      last: { as: 'workflow' },
    },
  },
)

const Desk = Annotation.Root({ people: Annotation<string[]>, said: added<string>() })

/** An activity that asks twice, for two people at once, and tells what it does. */
export const clerk = durableGraph(
  new StateGraph(Desk)
    .addNode('ask', inActivity)
    .addConditionalEdges(START, ({ people }) => people.map((person) => new Send('ask', { person })), ['ask'])
    .addEdge('ask', END),
  { name: 'clerk', nodes: { ask: { ...short, activity: 'clerk' } } },
)

/** LangGraph's own ToolNode in an activity: it sees the tool calls of the message before. */
export const toolUser = durableGraph(
  new StateGraph(MessagesAnnotation)
    .addNode('chat', inActivity)
    .addNode('tools', inActivity)
    .addEdge(START, 'chat')
    .addConditionalEdges(
      'chat',
      ({ messages }) => ((messages.at(-1) as AIMessage).tool_calls?.length ? 'tools' : END),
      ['tools', END],
    )
    .addEdge('tools', 'chat'),
  {
    name: 'toolUser',
    nodes: { chat: { ...short, activity: 'sumUp' }, tools: { ...short, activity: 'use_tools' } },
  },
)

const Typed = z.object({
  how: z.string(),
  n: z.number().int().max(10).optional(),
  tags: withLangGraph(z.array(z.string()).max(3), {
    reducer: { fn: (all: string[], more: string | string[]) => all.concat(more), schema: z.string() },
    default: () => [],
  }),
})
const wrong: Record<string, object> = { type: { n: 'ten' }, tag: { tags: 7 }, fine: { n: 3, tags: 'a' } }

/** A state with a schema: each node's output is held to it, and what the reducers make of it too. */
export const typed = durableGraph(
  new StateGraph(Typed)
    .addNode('inside', ({ how }) => (wrong[how] ?? { n: 1, tags: 'b' }) as { n: number; tags: string })
    .addNode('outside', inActivity)
    .addNode('again', () => ({ tags: 'c' }))
    .addNode('after', inActivity)
    .addEdge(START, 'inside')
    .addEdge('inside', 'outside')
    .addConditionalEdges('outside', ({ how }) => (how === 'many' ? 'again' : END), ['again', END])
    .addEdge('again', 'after')
    .addEdge('after', END),
  {
    name: 'typed',
    nodes: {
      inside: { as: 'workflow' },
      outside: { ...short, activity: 'typed' },
      again: { as: 'workflow' },
      after: { ...short, activity: 'typed' },
    },
  },
)

const Haul = Annotation.Root({
  n: Annotation<number>,
  until: Annotation<number>,
  asks: Annotation<boolean>,
  heard: added<string>(),
})
type Haul = typeof Haul.State

const inner = new StateGraph(Annotation.Root({ n: Annotation<number> }))
  .addNode('add', inActivity)
  .addNode('tell', ({ n }) => {
    getWriter()?.({ at: n })
    return {}
  })
  .addEdge(START, 'add')
  .addEdge('add', 'tell')
  .addConditionalEdges('tell', ({ n }) => (n % 10 === 0 ? END : 'add'), ['add', END])
  .compile()

const hauling = (name: string, eventLimit: number) =>
  durableGraph(
    new StateGraph(Haul)
      .addNode('round', inner)
      .addNode('ask', ({ n, asks }) => ({ heard: asks ? [interrupt<string, string>(`${n}, go on?`)] : [] }))
      .addNode('both', inActivity)
      .addEdge(START, 'round')
      .addEdge('round', 'ask')
      .addEdge('ask', 'both')
      .addConditionalEdges('both', ({ n, until }) => (n < until ? 'round' : END), ['round', END]),
    {
      name,
      recursionLimit: 25,
      eventLimit,
      continueAfter: { events: 40 },
      nodes: {
        round: {
          as: 'graph',
          nodes: {
            add: { ...short, activity: 'increment', pick: ({ n }: Haul) => ({ n }) },
            tell: { as: 'workflow' },
          },
        },
        ask: { as: 'workflow' },
        both: { ...short, activity: 'note', pick: ({ n }: Haul) => ({ n }), put: () => ({}) },
      },
    },
  )

/** Rounds of ten in a subgraph, with a question after each: far longer than its bound of 40 events. */
export const longHaul = hauling('longHaul', 1_000)
/** The same with a log that keeps 50. */
export const shortLog = hauling('shortLog', 50)

/** A workflow that makes its graph's input, and something of its state: how an agent checks what it is given. */
export async function wrappedHaul({ rounds }: { rounds: number }): Promise<{ n: number; wrapped: true }> {
  const { n } = await longHaul({ n: 0, until: rounds * 10, asks: false, heard: [] })
  return { n, wrapped: true }
}

/** One that does something before, which would be done again. */
export async function lateHaul({ rounds }: { rounds: number }): Promise<{ n: number; wrapped: true }> {
  await sleep('10 ms')
  return wrappedHaul({ rounds })
}

const Bulk = Annotation.Root({ bytes: Annotation<number>, text: Annotation<string>, size: Annotation<number> })

/** Texts larger than a payload may be, through every boundary. */
export const bulk = durableGraph(
  new StateGraph(Bulk)
    .addNode('write', inActivity)
    .addNode('read', inActivity)
    .addEdge(START, 'write')
    .addEdge('write', 'read')
    .addEdge('read', END),
  {
    name: 'bulk',
    nodes: {
      write: { ...short, activity: 'write', pick: ({ bytes }: typeof Bulk.State) => ({ bytes }) },
      read: { ...short, activity: 'measure', pick: ({ text }: typeof Bulk.State) => ({ text, i: 0 }) },
    },
  },
)

const Count = Annotation.Root({ n: Annotation<number>, until: Annotation<number>, how: Annotation<string> })
const counting = (name: string, placement: { activity: string; local?: boolean; attempts?: number }) =>
  durableGraph(
    new StateGraph(Count)
      .addNode('step', inActivity)
      .addEdge(START, 'step')
      .addConditionalEdges('step', ({ n, until }) => (n < until ? 'step' : END), ['step', END]),
    {
      name,
      nodes: {
        step: {
          ...short,
          activity: placement.activity,
          local: placement.local ?? false,
          retry: { attempts: placement.attempts ?? 1, firstPause: '10 ms' },
        },
      },
    },
  )

/** The same steps as local activities. */
export const localCounter = counting('localCounter', { activity: 'increment', local: true })
/** Fails twice, then not. */
export const flaky = counting('flaky', { activity: 'flaky', attempts: 3 })
/** Returns what no payload holds, or nothing that the state knows. */
export const badOutput = counting('badOutput', { activity: 'bad_output' })

/** Two activities at once that end only when they are told to. */
export const twoStuck = durableGraph(
  new StateGraph(Annotation.Root({ files: Annotation<string[]> }))
    .addNode('stay', inActivity)
    .addConditionalEdges(START, ({ files }) => files.map((file) => new Send('stay', { file })), ['stay'])
    .addEdge('stay', END),
  { name: 'twoStuck', nodes: { stay: { ...short, activity: 'forever', timeout: '60 s', heartbeat: '2 s' } } },
)
