import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph/web'
import { durableGraph, inActivity } from 'tributary/graph'

const State = Annotation.Root({
  item: Annotation<string>,
  price: Annotation<number>,
  verdict: Annotation<string>,
  receipt: Annotation<string>,
})

export const order = durableGraph(
  new StateGraph(State)
    .addNode('quote', inActivity)
    .addNode('approve', ({ price }) => ({ verdict: interrupt<string, string>(`Pay ${price}?`) }))
    .addNode('charge', inActivity)
    .addEdge(START, 'quote')
    .addEdge('quote', 'approve')
    .addConditionalEdges('approve', ({ verdict }) => (verdict === 'yes' ? 'charge' : END), ['charge', END])
    .addEdge('charge', END),
  {
    name: 'order',
    nodes: {
      quote: { as: 'activity', activity: 'quote', timeout: '1 m' },
      approve: { as: 'workflow' },
      charge: { as: 'activity', activity: 'charge', timeout: '1 m' },
    },
  },
)
