import { Annotation, END, START, StateGraph } from '@langchain/langgraph/web'
import { proxyActivities } from '@temporalio/workflow'
import { durableGraph, inActivity } from '../index.ts'
import type { approvalActivities } from './approvalActivities.ts'

const State = Annotation.Root({
  item: Annotation<string>,
  file: Annotation<string>,
  expiresInMs: Annotation<number>,
  bought: Annotation<string[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
  refused: Annotation<string>,
})
type State = typeof State.State

const order = ({ item, file, expiresInMs }: State) => ({ item, file, ...(expiresInMs ? { expiresInMs } : {}) })

/** Looks and buys side by side; only the purchase waits for somebody. */
export const purchase = durableGraph(
  () =>
    new StateGraph(State)
      .addNode('look', inActivity)
      .addNode('buy', inActivity)
      .addEdge(START, 'look')
      .addEdge(START, 'buy')
      .addEdge('look', END)
      .addEdge('buy', END),
  {
    name: 'purchase',
    nodes: {
      look: { as: 'activity', activity: 'look', timeout: '10s', put: (output) => output },
      buy: {
        as: 'activity',
        activity: 'buy',
        timeout: '10s',
        heartbeat: '1s',
        pick: order,
        put: (output) => ({ bought: (output as { bought: string[] }).bought }),
        rescue: ({ code }) => ({ refused: code }),
      },
    },
  },
)

/** Looks twelve times, in several workflow runs, before it buys. */
export const laterPurchase = durableGraph(
  () =>
    new StateGraph(State)
      .addNode('look', inActivity)
      .addNode('buy', inActivity)
      .addEdge(START, 'look')
      .addConditionalEdges('look', ({ bought }) => (bought.length < 12 ? 'look' : 'buy'), ['look', 'buy'])
      .addEdge('buy', END),
  {
    name: 'laterPurchase',
    continueAfter: { events: 20 },
    nodes: {
      look: { as: 'activity', activity: 'look', timeout: '10s', put: (output) => output },
      buy: {
        as: 'activity',
        activity: 'buy',
        timeout: '10s',
        heartbeat: '1s',
        pick: order,
        put: (output) => ({ bought: (output as { bought: string[] }).bought }),
      },
    },
  },
)

const { buy } = proxyActivities<typeof approvalActivities>({ startToCloseTimeout: '10s' })

/** The same in a plain workflow. */
export async function plainPurchase({ item, file }: { item: string; file: string }): Promise<string[]> {
  return (await buy({ item, file }, 'first')).bought
}
