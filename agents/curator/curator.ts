import { workflowInfo } from '@temporalio/workflow'
import type { z } from 'zod'
import { curatorInput } from '../../tools/definitions.ts'
import { parseInput } from '../parseInput.ts'
import { curatorGraph } from './curatorGraph.ts'
import type { CurationSummary } from './summarise.ts'

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
