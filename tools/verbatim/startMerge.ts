import { digestOf, type Digest } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'

/** Starts the merge of a Datanet's shards in the background, once for each state of its indexes. Returns the workflow's id. */
export async function startMerge(
  { workflows }: Pick<ToolContext, 'workflows'>,
  datanet: string,
  indexes: readonly { root: Digest }[],
): Promise<string> {
  const id = `mergeIndex/${datanet}/${digestOf(indexes.map(({ root }) => root)).slice(2, 18)}`
  await workflows.start('mergeIndexes', id, [datanet])
  return id
}
