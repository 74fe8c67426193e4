import { longStep } from './steps.ts'

/** Merges the small shards of a Datanet's indexes in the background. Killed anywhere, the merge is made again; the old index answers. */
export async function mergeIndexes(datanet: string): Promise<void> {
  await longStep.merge_index({ datanet })
}
