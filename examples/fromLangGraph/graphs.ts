import { Annotation, END, interrupt, START, StateGraph } from '@langchain/langgraph/web'
import { durableGraph, inActivity } from 'tributary/graph'

const State = Annotation.Root({ text: Annotation<string>, summary: Annotation<string>, verdict: Annotation<string> })

export const publish = durableGraph(
  new StateGraph(State)
    .addNode('summarise', inActivity)
    .addNode('review', ({ summary }) => ({ verdict: interrupt<string, string>(`Publish "${summary}"?`) }))
    .addEdge(START, 'summarise')
    .addEdge('summarise', 'review')
    .addEdge('review', END),
  {
    name: 'publish',
    nodes: {
      summarise: { as: 'activity', activity: 'summarise', timeout: '1 m' },
      review: { as: 'workflow' },
    },
  },
)
