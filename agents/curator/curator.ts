import { workflowInfo } from '@temporalio/workflow'
import type { z } from 'zod'
import { curatorInput } from '../../tools/definitions.ts'
import { parseInput } from '../parseInput.ts'
import { curatorGraph } from './curatorGraph.ts'
import type { CurationSummary } from './summarise.ts'

type Reviewed = { model: number; policy: number; person: number }
export type CuratorResult = CurationSummary & { clusters: number; duplicates: number; reviewed?: Reviewed }

/** The workflow of the curator: every sample of a Datanet gets one decision, with its reason, in the store. */
export async function curator(input: z.input<typeof curatorInput>): Promise<CuratorResult> {
  const { datanet, batch, uncertain } = parseInput('curator', curatorInput, input)
  const { summary, duplicates, reviewed } = await curatorGraph({
    datanet,
    curation: workflowInfo().workflowId,
    batch,
    uncertainPolicy: uncertain,
  })
  const counts = { ...summary, clusters: duplicates.clusters, duplicates: duplicates.duplicates }
  if (reviewed.length === 0) return counts
  const by = (...rules: string[]) => reviewed.filter(({ rule }) => rules.includes(rule)).length
  const policy = by('review/policy', 'review/unattended')
  return { ...counts, reviewed: { model: by('review/model'), policy, person: by('review/person') } }
}
