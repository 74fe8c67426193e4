import { workflowInfo } from '@temporalio/workflow'
import { z } from 'zod'
import { parseInput } from '../parseInput.ts'
import { curatorGraph } from './curatorGraph.ts'
import type { CurationSummary } from './summarise.ts'

export const curatorInput = z.object({
  datanet: z.string().min(1),
  /** Samples per activity: more means fewer steps and more work lost when one is cut. */
  batch: z.int().min(1).max(10_000).default(200),
  /** Ask a person about samples that no rule decides (the run waits), or reject them with that reason. */
  uncertain: z.enum(['ask', 'reject']).default('reject'),
})

export type CuratorResult = CurationSummary & { clusters: number; duplicates: number }

/** The workflow of the curator: every sample of a Datanet gets one decision, with its reason, in the store. */
export async function curator(input: z.input<typeof curatorInput>): Promise<CuratorResult> {
  const { datanet, batch, uncertain } = parseInput('curator', curatorInput, input)
  const { summary, duplicates } = await curatorGraph({
    datanet,
    curation: workflowInfo().workflowId,
    batch,
    uncertainPolicy: uncertain,
  })
  return { ...summary, clusters: duplicates.clusters, duplicates: duplicates.duplicates }
}
