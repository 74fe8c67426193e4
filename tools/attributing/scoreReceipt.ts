import { attributeAnswer } from '../../attribution/index.ts'
import type { Attribution, Digest } from '../../kernel/index.ts'
import { upstreamRecipe } from '../../models/index.ts'
import { getAdapter, getReceipt, getRule } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { ensureAdapter } from '../ensureAdapter.ts'
import { readRunPlan } from '../training/readRunPlan.ts'
import { traceReceipt } from '../upstream/traceReceipt.ts'
import { answerTokens } from './answerTokens.ts'
import { counterfactualsOf } from './counterfactualsOf.ts'
import { sampleInfluenceOf } from './sampleInfluenceOf.ts'

/** Samples that an attribution names. */
export const topSamples = 10

/**
 * The attribution of one answer at once, by the version of the engine that its receipt names, from what is stored and committed: one gradient of the answer's loss, the
 * counterfactual adapters for payee groups, the sample influence vectors inside a group. The attributor and the auditor
 * both call it.
 */
export async function scoreReceipt(ctx: ToolContext, id: Digest): Promise<Attribution> {
  const { store } = ctx
  const { receipt } = await getReceipt(store, { id })
  if (receipt.recipe === upstreamRecipe) return traceReceipt(ctx, id)
  const by = ctx.governed.engineOf(receipt.attributionEngine)
  const gradient = await answerGradientOf(ctx, id, receipt.adapter)
  const adapter = await getAdapter(store, { digest: receipt.adapter })
  const plan = await readRunPlan(ctx, adapter)
  return attributeAnswer({
    query: { gradient },
    group: (await counterfactualsOf(ctx, adapter, plan, by)).atOnce,
    sample: await sampleInfluenceOf(ctx, adapter, plan, by),
    receipt: id,
    engine: receipt.attributionEngine,
    adapterSet: adapter.counterfactualRoot,
    rule: await getRule(store, { digest: receipt.rule }),
    groups: plan.groups,
    samples: plan.samples,
    top: topSamples,
  })
}

/** Gradient of a sold answer's loss at the adapter that gave it. Throws tools/answer-erased. */
export async function answerGradientOf(ctx: ToolContext, receipt: Digest, adapter: Digest): Promise<Float32Array> {
  const tokens = await answerTokens(ctx, receipt)
  await ensureAdapter(ctx, adapter)
  return (await ctx.engine.answerGradient({ ...tokens, adapter })).gradient
}
