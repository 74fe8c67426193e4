// The graph that is killed at each of its boundaries: 12 supersteps, 6 more in its subgraph, 11 calls of activities.
import { Annotation, END, getWriter, interrupt, Send, START, StateGraph } from '@langchain/langgraph/web'
import { log } from '@temporalio/workflow'
import { durableGraph, inActivity } from '../../../workflows/graph/index.ts'

const added = <Item>() => Annotation<Item[]>({ reducer: (all, more) => all.concat(more), default: () => [] })
const State = Annotation.Root({
  round: Annotation<number>({ reducer: (_, next) => next, default: () => 0 }),
  bought: added<string>(),
  checked: Annotation<number>({ reducer: (sum, more) => sum + more, default: () => 0 }),
  answer: Annotation<string>,
  sealed: Annotation<string>,
})
type State = typeof State.State

/** Told to the worker's process, which counts it as one of its boundaries: the step is decided, and not yet reported. */
const boundary = (node: string) => log.info(`boundary ${node}`)
const activity = {
  as: 'activity',
  timeout: '20 s',
  heartbeat: '1 s',
  retry: { attempts: 20, firstPause: '50 ms' },
} as const

const check = new StateGraph(Annotation.Root({ round: Annotation<number>, checked: Annotation<number> }))
  .addNode('weigh', inActivity)
  .addNode('count', ({ round }) => {
    boundary('count')
    getWriter()?.({ counted: round })
    return { checked: 1 }
  })
  .addEdge(START, 'weigh')
  .addEdge('weigh', 'count')
  .addEdge('count', END)
  .compile()

/** plan -> buy two at once -> check, in a subgraph; three times; then a question, and the end is sealed. */
export const caravan = durableGraph(
  new StateGraph(State)
    .addNode('plan', ({ round }) => {
      boundary('plan')
      return { round: round + 1 }
    })
    .addNode('buy', inActivity)
    .addNode('check', check)
    .addNode('ask', ({ bought }) => {
      boundary('ask')
      return { answer: interrupt<string, string>(`${bought.length} were bought`) }
    })
    .addNode('close', inActivity)
    .addNode('seal', inActivity)
    .addEdge(START, 'plan')
    .addConditionalEdges('plan', ({ round }) => ['salt', 'silk'].map((what) => new Send('buy', { what, round })), [
      'buy',
    ])
    .addEdge('buy', 'check')
    .addConditionalEdges('check', ({ round }) => (round < 3 ? 'plan' : 'ask'), ['plan', 'ask'])
    .addEdge('ask', 'close')
    .addEdge('close', 'seal')
    .addEdge('seal', END),
  {
    name: 'caravan',
    // So low that one of its boundaries is the end of a workflow run.
    continueAfter: { events: 60 },
    nodes: {
      plan: { as: 'workflow' },
      buy: {
        ...activity,
        activity: 'effect',
        pick: ({ what, round }: State & { what: string }) => ({ what: `${what} ${round}` }),
        put: (output) => ({ bought: [(output as { what: string }).what] }),
      },
      check: {
        as: 'graph',
        nodes: {
          weigh: {
            ...activity,
            activity: 'effect',
            pick: ({ round }: State) => ({ what: `weighed ${round}` }),
            put: () => ({}),
          },
          count: { as: 'workflow' },
        },
      },
      ask: { as: 'workflow' },
      close: { ...activity, activity: 'effect', pick: () => ({ what: 'closed' }), put: () => ({}) },
      seal: {
        ...activity,
        activity: 'effect',
        pick: ({ bought, answer }: State) => ({ what: `sealed ${bought.length} ${answer}` }),
        put: (output) => ({ sealed: (output as { what: string }).what }),
      },
    },
  },
)
