import type { Digest, TrainingPath } from '../../kernel/index.ts'
import type { Run } from '../../models/index.ts'
import { getAdapter } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { openPathOf } from './openPathOf.ts'
import { unrollPlanSchema, type UnrollPlan } from './unrollPlan.ts'

/** A planned unroll with its run, by the digest of its plan. Throws blobs/*, tools/not-replayable. */
export async function openUnroll(
  ctx: ToolContext,
  unroll: Digest,
): Promise<{ plan: UnrollPlan; run: Run; path: TrainingPath; close: () => Promise<void> }> {
  const plan = await readUnrollPlan(ctx, unroll)
  const adapter = await getAdapter(ctx.store, { digest: plan.adapter })
  return { plan, ...(await openPathOf(ctx, adapter)) }
}

/** The plan of an unroll, checked against its digest. Throws blobs/*. */
export async function readUnrollPlan({ blobs }: Pick<ToolContext, 'blobs'>, unroll: Digest): Promise<UnrollPlan> {
  return unrollPlanSchema.parse(JSON.parse(new TextDecoder().decode(await blobs.get(unroll))))
}
