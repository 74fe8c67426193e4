// Graphs that tell the worker's process of a moment within a workflow task, for meetings.test.ts.
import { Annotation, END, interrupt, Send, START, StateGraph } from '@langchain/langgraph/web'
import { proxySinks, type Sinks } from '@temporalio/workflow'
import { durableGraph, inActivity } from '../index.ts'

/** The worker awaits what it does here before it hands in the workflow task at hand. */
export interface MomentSinks extends Sinks {
  moment: { reached: (what: string) => void }
}
const { moment } = proxySinks<MomentSinks>()

const State = Annotation.Root({
  n: Annotation<number>,
  until: Annotation<number>,
  item: Annotation<string>,
  file: Annotation<string>,
  bought: Annotation<string[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
})
type State = typeof State.State

/** Counts, each time in a run of its own, then buys: tells as it leaves a run. */
export const leaver = durableGraph(
  new StateGraph(State)
    .addNode('add', inActivity)
    .addNode('buy', inActivity)
    .addEdge(START, 'add')
    .addConditionalEdges(
      'add',
      ({ n, until }) => {
        moment.reached(`added ${n}`)
        return n < until ? 'add' : 'buy'
      },
      ['add', 'buy'],
    )
    .addEdge('buy', END),
  {
    name: 'leaver',
    continueAfter: { events: 1 },
    nodes: {
      add: { as: 'activity', activity: 'increment', timeout: '10 s', pick: ({ n }: State) => ({ n }) },
      buy: {
        as: 'activity',
        activity: 'buy',
        timeout: '10 s',
        pick: ({ item, file }: State) => ({ item, file }),
        put: (output) => ({ bought: (output as { bought: string[] }).bought }),
      },
    },
  },
)

const Panel = Annotation.Root({
  people: Annotation<string[]>,
  votes: Annotation<string[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
})

/** Each person is asked twice; between two answers there may be the end of a run. Tells of each answer that it hears. */
export const votes = durableGraph(
  new StateGraph(Panel)
    .addNode('ask', ({ person }: { person: string }) => {
      const vote = interrupt<string, string>(`${person}?`)
      moment.reached(`${person} ${vote}`)
      const sure = interrupt<string, string>(`${person}, sure?`)
      return { votes: [`${person}: ${vote} ${sure}`] }
    })
    .addConditionalEdges(START, ({ people }) => people.map((person) => new Send('ask', { person })), ['ask'])
    .addEdge('ask', END),
  { name: 'votes', continueAfter: { events: 1, updates: 1 }, nodes: { ask: { as: 'workflow' } } },
)

/** Eight at once, of which all but the first end within one workflow task: the last of a run. */
export const crowd = durableGraph(
  new StateGraph(Annotation.Root({ n: Annotation<number>({ reducer: (sum, more) => sum + more, default: () => 0 }) }))
    .addNode('add', inActivity)
    .addNode('tell', () => ({}))
    .addConditionalEdges(START, () => Array.from({ length: 8 }, () => new Send('add', { n: 0 })), ['add'])
    .addEdge('add', 'tell')
    .addEdge('tell', END),
  {
    name: 'crowd',
    continueAfter: { events: 1 },
    nodes: {
      add: {
        as: 'activity',
        activity: 'increment',
        timeout: '10 s',
        put: (output) => {
          moment.reached('added')
          return output
        },
      },
      tell: { as: 'workflow' },
    },
  },
)
