import { composeAttribution, type AttributionEngine, type AttributionMethod } from '../../attribution/index.ts'
import type { Attribution, Digest } from '../../kernel/index.ts'
import { upstreamRecipe } from '../../models/index.ts'
import { attributionOf, getAdapter, getAnswer, getReceipt, getRule, type AdapterWithFiles } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { readSampleScores } from '../settlement/readSampleScores.ts'
import type { AdapterScoring, AnswerForm } from '../settlement/scoringReport.ts'
import { readRunPlan } from '../training/readRunPlan.ts'
import type { RunPlan } from '../training/runPlan.ts'
import { answerTokens } from './answerTokens.ts'
import { counterfactualsOf } from './counterfactualsOf.ts'
import { forwardScores } from './forwardScores.ts'
import { sampleInfluenceOf } from './sampleInfluenceOf.ts'
import { answerGradientOf, topSamples } from './scoreReceipt.ts'

/**
 * The attribution of one answer as it is paid. Groups: by the forward form (its loss under each counterfactual adapter), or
 * the linear scores that it got at once. Inside groups: by the epoch's unroll; by the Hessian-free unroll where the run
 * cannot be replayed; not at all where the evidence is below the rule's floor. The attributor and the auditor both call it.
 * An answer whose tokens were dropped before its epoch closed is paid by the scores that it got at once.
 */
export async function confirmReceipt(
  ctx: ToolContext,
  id: Digest,
  { form, scoring }: { form: AnswerForm; scoring: AdapterScoring },
): Promise<Attribution> {
  const { store } = ctx
  const atOnce = await attributionOf(store, { receipt: id, tier: 'receipt' })
  if ((await getAnswer(store, { receipt: id })).answerIds === null) return atOnce
  const { receipt } = await getReceipt(store, { id })
  // Verbatim traces are exact as they are, and no form of influence is asked of them.
  if (receipt.recipe === upstreamRecipe) return atOnce
  const by = ctx.governed.engineOf(receipt.attributionEngine)
  const adapter = await getAdapter(store, { digest: receipt.adapter })
  const plan = await readRunPlan(ctx, adapter)
  const { method, groupScores } = await scoreGroups(ctx, { id, form, atOnce, adapter, plan, by })
  const sample = await splitterOf(ctx, { scoring, adapter, plan, by })
  // Only the Hessian-free split asks about this answer alone.
  const gradient =
    sample.id === by.document.fallback ? await answerGradientOf(ctx, id, receipt.adapter) : new Float32Array()
  const attribution = composeAttribution({
    receipt: id,
    engine: receipt.attributionEngine,
    adapterSet: adapter.counterfactualRoot,
    rule: await getRule(store, { digest: receipt.rule }),
    groups: plan.groups,
    samples: plan.samples,
    methods: { group: method, sample: sample.id },
    groupScores,
    sampleScores: await sample.score({ gradient }),
    top: topSamples,
  })
  const { sampleScores, fallback } = scoring
  return fallback === null && sampleScores !== null ? { ...attribution, sampleScores } : attribution
}

type Answered = {
  id: Digest
  form: AnswerForm
  atOnce: Attribution
  adapter: AdapterWithFiles
  plan: RunPlan
  by: AttributionEngine
}

async function scoreGroups(
  ctx: ToolContext,
  { id, form, atOnce, adapter, plan, by }: Answered,
): Promise<{ method: AttributionMethod['id']; groupScores: Float64Array }> {
  if (form === 'linear') {
    const stored = atOnce.groups.toSorted((a, b) => a.group - b.group)
    const groupScores = Float64Array.from(stored, ({ scoreMicroNats }) => scoreMicroNats / 1e6)
    return { method: methodId(by.document.receipt), groupScores }
  }
  const { thetasWithout } = await counterfactualsOf(ctx, adapter, plan, by)
  const tokens = await answerTokens(ctx, id)
  const groupScores = await forwardScores(ctx, { ...tokens, adapter: adapter.digest, thetasWithout, by })
  return { method: methodId(by.document.money), groupScores }
}

async function splitterOf(
  ctx: ToolContext,
  { scoring, adapter, plan, by }: { scoring: AdapterScoring } & Pick<Answered, 'adapter' | 'plan' | 'by'>,
): Promise<AttributionMethod> {
  const samples = plan.samples.length
  if (scoring.fallback === 'below-floor') return by.unsplit({ samples })
  if (scoring.sampleScores === null) return sampleInfluenceOf(ctx, adapter, plan, by)
  return by.insideGroups({ scores: await readSampleScores(ctx, scoring.sampleScores, samples) })
}

/** Documents name methods as text; the methods themselves by the form of their ids. */
const methodId = (id: string) => id as AttributionMethod['id']
