import { Annotation, Command, END, interrupt, MemorySaver, START, StateGraph } from '@langchain/langgraph'
import { tools } from './tools.ts'

const State = Annotation.Root({ text: Annotation<string>, summary: Annotation<string>, verdict: Annotation<string> })

const graph = new StateGraph(State)
  .addNode('summarise', ({ text }) => tools.summarise({ text }))
  .addNode('review', ({ summary }) => ({ verdict: interrupt<string, string>(`Publish "${summary}"?`) }))
  .addEdge(START, 'summarise')
  .addEdge('summarise', 'review')
  .addEdge('review', END)
  .compile({ checkpointer: new MemorySaver() })

export async function before(id: string) {
  const thread = { configurable: { thread_id: id } }
  await graph.invoke({ text: 'a long text' }, thread)
  return graph.invoke(new Command({ resume: 'yes' }), thread)
}
