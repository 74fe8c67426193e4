// Graphs that outgrow a bound which is far below the default, for longLives.test.ts.
import { Annotation, END, interrupt, Send, START, StateGraph } from '@langchain/langgraph/web'
import { durableGraph, inActivity, type Placement } from '../index.ts'

const Desk = Annotation.Root({
  n: Annotation<number>,
  until: Annotation<number>,
  person: Annotation<string>,
  file: Annotation<string>,
  said: Annotation<string[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
})
type Desk = typeof Desk.State

const Work = Annotation.Root({ n: Annotation<number>, until: Annotation<number>, said: Annotation<string[]> })
const increment = {
  as: 'activity',
  activity: 'increment',
  timeout: '10 s',
  pick: ({ n }: Desk) => ({ n }),
} as const satisfies Placement
const loops = ({ n, until }: { n: number; until: number }) => (n < until ? 'add' : END)

const adding = () =>
  new StateGraph(Work).addNode('add', inActivity).addEdge(START, 'add').addConditionalEdges('add', loops, ['add', END])

/** A subgraph that never ends by itself. */
export const deepHaul = durableGraph(
  new StateGraph(Desk).addNode('work', adding().compile()).addEdge(START, 'work').addEdge('work', END),
  {
    name: 'deepHaul',
    recursionLimit: 20,
    continueAfter: { events: 30 },
    nodes: { work: { as: 'graph', nodes: { add: increment } } },
  },
)

/** One that may not go on in the same run for more than a superstep. */
export const shortRuns = durableGraph(
  new StateGraph(Desk)
    .addNode('add', inActivity)
    .addNode('ask', ({ n }) => ({ said: [interrupt<string, string>(`is it ${n}?`)] }))
    .addEdge(START, 'add')
    .addConditionalEdges('add', ({ n, until }) => (n < until ? 'add' : 'ask'), ['add', 'ask'])
    .addEdge('ask', END),
  {
    name: 'shortRuns',
    continueAfter: { events: 1, bytes: 1 },
    nodes: { add: increment, ask: { as: 'workflow' } },
  },
)

/** A clerk who asks, a subgraph that works for longer than a history and then asks too, and one with a step of two seconds. */
export const threeDesks = durableGraph(
  new StateGraph(Desk)
    .addNode('clerk', inActivity)
    .addNode(
      'work',
      new StateGraph(Work)
        .addNode('add', inActivity)
        .addNode('confirm', ({ n }) => ({ said: [interrupt<string, string>(`${n}?`)] }))
        .addEdge(START, 'add')
        .addConditionalEdges('add', ({ n, until }) => (n < until ? 'add' : 'confirm'), ['add', 'confirm'])
        .addEdge('confirm', END)
        .compile(),
    )
    .addNode(
      'slow',
      new StateGraph(Annotation.Root({ file: Annotation<string> }))
        .addNode('step', inActivity)
        .addEdge(START, 'step')
        .addEdge('step', END)
        .compile(),
    )
    .addEdge(START, 'clerk')
    .addEdge(START, 'work')
    .addEdge(START, 'slow')
    .addEdge('slow', END)
    .addEdge('clerk', END)
    .addEdge('work', END),
  {
    name: 'threeDesks',
    continueAfter: { events: 30 },
    nodes: {
      clerk: { as: 'activity', activity: 'clerk', timeout: '10 s', pick: ({ person }: Desk) => ({ person }) },
      work: { as: 'graph', nodes: { add: increment, confirm: { as: 'workflow' } } },
      slow: {
        as: 'graph',
        nodes: {
          step: {
            as: 'activity',
            activity: 'journal',
            timeout: '30 s',
            pick: ({ file }: Desk) => ({ n: 1, file, ms: 2_000 }),
            put: () => ({}),
          },
        },
      },
    },
  },
)

/** A subgraph that asks first, and then works for longer than a history. */
export const askFirst = durableGraph(
  new StateGraph(Desk)
    .addNode(
      'work',
      new StateGraph(Work)
        .addNode('ask', ({ until }) => ({ said: [interrupt<string, string>(`to ${until}?`)] }))
        .addNode('add', inActivity)
        .addEdge(START, 'ask')
        .addEdge('ask', 'add')
        .addConditionalEdges('add', loops, ['add', END])
        .compile(),
    )
    .addEdge(START, 'work')
    .addEdge('work', END),
  {
    name: 'askFirst',
    continueAfter: { events: 30 },
    nodes: { work: { as: 'graph', nodes: { ask: { as: 'workflow' }, add: increment } } },
  },
)

/** As many activities at once as `until` says, each with 200 kB of its own: together far more than one workflow task may bring. */
export const wideFan = durableGraph(
  new StateGraph(Desk)
    .addNode('add', inActivity)
    .addConditionalEdges(
      START,
      ({ until }) => Array.from({ length: until }, (_, n) => new Send('add', { n, pad: 'ä'.repeat(100_000) })),
      ['add'],
    )
    .addEdge('add', END),
  {
    name: 'wideFan',
    nodes: {
      add: {
        as: 'activity',
        activity: 'increment',
        timeout: '30 s',
        put: (output) => ({ said: [String((output as Desk).n)] }),
      },
    },
  },
)

/** A step that lasts as long as somebody wants, and is looked at meanwhile. */
export const watched = durableGraph(
  new StateGraph(Desk).addNode('step', inActivity).addEdge(START, 'step').addEdge('step', END),
  {
    name: 'watched',
    continueAfter: { updates: 4 },
    nodes: { step: { as: 'activity', activity: 'gate', timeout: '60 s', heartbeat: '5 s' } },
  },
)

/** A subgraph that remembers from one call to the next, by LangGraph's `checkpointer: true`; each call in a run of its own. */
export const remembers = durableGraph(
  new StateGraph(Desk)
    .addNode(
      'work',
      new StateGraph(
        Annotation.Root({
          until: Annotation<number>,
          calls: Annotation<string[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
          said: Annotation<string[]>,
        }),
      )
        .addNode('add', inActivity)
        .addNode('tell', ({ calls }) => ({ said: [calls.join('+')] }))
        .addEdge(START, 'add')
        .addEdge('add', 'tell')
        .addEdge('tell', END)
        .compile({ checkpointer: true }),
    )
    .addEdge(START, 'work')
    .addConditionalEdges('work', ({ said, until }) => (said.length < until ? 'work' : END), ['work', END]),
  {
    name: 'remembers',
    continueAfter: { events: 1 },
    nodes: {
      work: {
        as: 'graph',
        nodes: {
          add: { ...increment, pick: () => ({ n: 0 }), put: () => ({ calls: ['a call'] }) },
          tell: { as: 'workflow' },
        },
      },
    },
  },
)
