import type { Digest, TrainingPath } from '../../kernel/index.ts'
import type { Run } from '../../models/index.ts'
import { getAdapter, type AdapterWithFiles } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { openPathOf } from '../unrolling/openPathOf.ts'
import { evaluationPlanSchema, type EvaluationPlan } from './evaluationPlan.ts'

export type OpenedEvaluation = {
  plan: EvaluationPlan
  adapter: AdapterWithFiles
  run: Run
  path: TrainingPath
  close: () => Promise<void>
}

/** A planned evaluation with its run, by the digest of its plan. Throws blobs/*, tools/not-replayable. */
export async function openEvaluation(ctx: ToolContext, evaluation: Digest): Promise<OpenedEvaluation> {
  const plan = evaluationPlanSchema.parse(JSON.parse(new TextDecoder().decode(await ctx.blobs.get(evaluation))))
  const adapter = await getAdapter(ctx.store, { digest: plan.adapter })
  return { plan, adapter, ...(await openPathOf(ctx, adapter)) }
}
