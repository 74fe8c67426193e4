// Graphs for the tests of durableGraph, as a workflows file of an operator would have them.
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
import { ToolMessage, type AIMessage } from '@langchain/core/messages'

const Docs = Annotation.Root({
  docs: Annotation<string[]>,
  loops: Annotation<number>({ reducer: (_, next) => next, default: () => 0 }),
  sizes: Annotation<{ i: number; size: number }[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
  total: Annotation<number>,
  approved: Annotation<string>,
})
const Review = Annotation.Root({ total: Annotation<number>, approved: Annotation<string> })

const review = new StateGraph(Review)
  .addNode('increment', inActivity)
  .addNode('ask', ({ total }) => ({ approved: interrupt<{ total: number }, string>({ total }) }))
  .addEdge(START, 'increment')
  .addEdge('increment', 'ask')
  .addEdge('ask', END)
  .compile()

/** Conditional loop, Send fan-out, subgraph, interrupts inside and outside it, Command, custom events. */
export const survey = durableGraph(
  new StateGraph(Docs)
    .addNode('plan', ({ loops }) => ({ loops: loops + 1 }))
    .addNode('measure', inActivity)
    .addNode('sum', ({ sizes }) => {
      getWriter()?.({ measured: sizes.length })
      return { total: sizes.reduce((sum, { size }) => sum + size, 0) }
    })
    .addNode('review', review)
    .addNode(
      'confirm',
      ({ approved }) => {
        const answer = interrupt<string, string>('publish?')
        return new Command({ update: { approved: `${approved}, ${answer}` }, goto: 'finish' })
      },
      { ends: ['finish'] },
    )
    .addNode('finish', () => ({}))
    .addEdge(START, 'plan')
    .addConditionalEdges('plan', ({ docs }) => docs.map((text, i) => new Send('measure', { text, i })), ['measure'])
    .addEdge('measure', 'sum')
    .addConditionalEdges('sum', ({ loops }) => (loops < 3 ? 'plan' : 'review'), ['plan', 'review'])
    .addEdge('review', 'confirm')
    .addEdge('finish', END),
  {
    name: 'survey',
    nodes: {
      plan: { as: 'workflow' },
      measure: { as: 'activity', activity: 'measure', timeout: '10s', put: (size) => ({ sizes: [size] }) },
      sum: { as: 'workflow' },
      review: {
        as: 'graph',
        nodes: {
          increment: {
            as: 'activity',
            activity: 'increment',
            timeout: '10s',
            pick: ({ total }: { total: number }) => ({ n: total }),
            put: (output) => ({ total: (output as { n: number }).n }),
          },
          ask: { as: 'workflow' },
        },
      },
      confirm: { as: 'workflow' },
      finish: { as: 'workflow' },
    },
  },
)

const Panel = Annotation.Root({
  people: Annotation<string[]>,
  votes: Annotation<string[]>({ reducer: (a, b) => a.concat(b), default: () => [] }),
})

/** Several interrupts wait at once; one node asks twice. */
export const panel = durableGraph(
  new StateGraph(Panel)
    .addNode('ask', ({ person }: { person: string }) => {
      const vote = interrupt<string, string>(`${person}?`)
      const sure = interrupt<string, string>(`${person}, sure?`)
      return { votes: [`${person}: ${vote} ${sure}`] }
    })
    .addConditionalEdges(START, ({ people }) => people.map((person) => new Send('ask', { person })), ['ask'])
    .addEdge('ask', END),
  { name: 'panel', nodes: { ask: { as: 'workflow' } } },
)

/** A chat model and a tool node, both activities: messages cross every boundary. */
export const agent = durableGraph(
  new StateGraph(MessagesAnnotation)
    .addNode('chat', inActivity)
    .addNode('tool', inActivity)
    .addEdge(START, 'chat')
    .addConditionalEdges('chat', ({ messages }) => ((messages.at(-1) as AIMessage).tool_calls?.length ? 'tool' : END), [
      'tool',
      END,
    ])
    .addEdge('tool', 'chat'),
  {
    name: 'agent',
    nodes: {
      chat: { as: 'activity', activity: 'chat', timeout: '10s', put: (message) => ({ messages: [message] }) },
      tool: {
        as: 'activity',
        activity: 'measure',
        timeout: '10s',
        pick: ({ messages }: typeof MessagesAnnotation.State) => (messages.at(-1) as AIMessage).tool_calls![0]!.args,
        put: (output) => ({
          messages: [
            new ToolMessage({ id: 't-1', tool_call_id: 'call-1', content: String((output as { size: number }).size) }),
          ],
        }),
      },
    },
  },
)

const Count = Annotation.Root({
  n: Annotation<number>,
  until: Annotation<number>,
  file: Annotation<string>,
  ms: Annotation<number>,
  retry: Annotation<boolean>,
})
type Count = typeof Count.State

const counting = () =>
  new StateGraph(Count)
    .addNode('step', inActivity)
    .addEdge(START, 'step')
    .addConditionalEdges('step', ({ n, until }) => (n < until ? 'step' : END), ['step', END])

/** One activity after another, each noted in a file. */
export const journal = durableGraph(counting, {
  name: 'journal',
  nodes: {
    step: {
      as: 'activity',
      activity: 'journal',
      timeout: '30s',
      heartbeat: '1s',
      pick: ({ n, file, ms }: Count) => ({ n, file, ms }),
    },
  },
})

/** The same with nothing to do: measures our own overhead. */
export const counter = durableGraph(counting, {
  name: 'counter',
  recursionLimit: 40,
  nodes: { step: { as: 'activity', activity: 'increment', timeout: '10s', pick: ({ n }: Count) => ({ n }) } },
})

export const stuck = durableGraph(counting, {
  name: 'stuck',
  nodes: {
    step: {
      as: 'activity',
      activity: 'forever',
      timeout: '60s',
      heartbeat: '2s',
      pick: ({ file }: Count) => ({ file }),
    },
  },
})

export const refused = durableGraph(counting, {
  name: 'refused',
  nodes: {
    step: {
      as: 'activity',
      activity: 'refuse',
      timeout: '10s',
      retry: { attempts: 3, firstPause: '10ms' },
      pick: ({ retry }: Count) => ({ retry }),
    },
  },
})

/** A node in the sandbox that throws, and one that returns what no payload can hold. */
export const faulty = durableGraph(
  new StateGraph(Annotation.Root({ how: Annotation<string>, value: Annotation<unknown> }))
    .addNode('fault', ({ how }) => {
      if (how === 'throw') throw new TypeError('not a number')
      return { value: 10n }
    })
    .addEdge(START, 'fault')
    .addEdge('fault', END),
  { name: 'faulty', nodes: { fault: { as: 'workflow' } } },
)
export { plainCounter } from './plainCounter.ts'
export {
  badOutput,
  bulk,
  clerk,
  flaky,
  lateHaul,
  localCounter,
  longHaul,
  router,
  shortLog,
  toolUser,
  twoStuck,
  typed,
  wrappedHaul,
} from './featureGraphs.ts'
export { askFirst, deepHaul, remembers, shortRuns, threeDesks, watched, wideFan } from './longGraphs.ts'
