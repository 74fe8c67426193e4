import type { GraphClient } from 'tributary/graph/client'
import { publish } from './graphs.ts'

export async function after(graphs: GraphClient, id: string) {
  const run = await graphs.start(publish, { text: 'a long text' }, { id })
  for await (const { kind } of graphs.stream(run)) {
    if (kind === 'interrupt') await graphs.resume(run, 'review#1', 'yes')
  }
  return graphs.result(run)
}
