import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph/web'
import { durableGraph, inActivity } from 'tributary/graph'

const State = Annotation.Root({
  order: Annotation<string>,
  amount: Annotation<number>,
  verdict: Annotation<string>,
  receipt: Annotation<string>,
})

/** look up the order -> ask a person -> pay, or not. */
export const refund = durableGraph(
  new StateGraph(State)
    .addNode('lookUp', inActivity)
    .addNode('ask', ({ amount }) => ({ verdict: interrupt<string, string>(`Refund ${amount}?`) }))
    .addNode('pay', inActivity)
    .addEdge(START, 'lookUp')
    .addEdge('lookUp', 'ask')
    .addConditionalEdges('ask', ({ verdict }) => (verdict === 'yes' ? 'pay' : END), ['pay', END])
    .addEdge('pay', END),
  {
    name: 'refund',
    nodes: {
      lookUp: { as: 'activity', activity: 'look_up', timeout: '10 s' },
      ask: { as: 'workflow' },
      pay: { as: 'activity', activity: 'pay', timeout: '1 m', retry: { attempts: 10 } },
    },
  },
)
