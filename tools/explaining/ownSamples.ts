import { readMethodIds } from '../../attribution/index.ts'
import { findError, type Sample } from '../../kernel/index.ts'
import { getAnswer, getSample } from '../../store/index.ts'
import { sampleInfluenceOf } from '../attributing/sampleInfluenceOf.ts'
import { answerGradientOf } from '../attributing/scoreReceipt.ts'
import type { ToolContext } from '../context.ts'
import { readSampleScores } from '../settlement/readSampleScores.ts'
import type { Explanation } from './explanation.ts'
import type { ScoredShare } from './scoredShare.ts'

/** The payee's samples that helped most, with their texts, at most `most`. Throws as the scores that it reads do. */
export async function ownSamples(ctx: ToolContext, share: ScoredShare, most: number): Promise<Explanation['samples']> {
  const { plan, payee, attribution } = share
  const scores = await sampleScoresOf(ctx, share)
  const own = plan.samples.flatMap((sample, i) => {
    return sample.payee === payee ? [{ id: sample.id, score: scores?.[i] ?? null }] : []
  })
  own.sort((a, b) => (b.score ?? 0) - (a.score ?? 0) || (a.id < b.id ? -1 : 1))
  const named = new Map(attribution.top.map((entry) => [entry.sample, entry.sharePpm]))
  const found: Explanation['samples'] = []
  for (const { id, score } of own.slice(0, most)) {
    const sample = await readable(ctx, id)
    found.push({
      sample: id,
      source: sample?.source ?? id,
      licence: sample?.licence ?? '',
      text: sample ? [sample.prompt, sample.completion].filter(Boolean).join('\n\n') : null,
      scoreMicroNats: score === null ? null : Math.round(score * 1e6) + 0,
      sharePpm: named.get(id) ?? null,
    })
  }
  return found
}

/** [N], nats, as they split the groups; undefined where nothing does, or the answer's tokens were dropped. */
async function sampleScoresOf(ctx: ToolContext, share: ScoredShare): Promise<Float64Array | undefined> {
  const { id, adapter, plan, attribution } = share
  const by = ctx.governed.engineOf(attribution.engine)
  if (attribution.sampleScores !== undefined) {
    return readSampleScores(ctx, attribution.sampleScores, plan.samples.length)
  }
  if (readMethodIds(attribution.method).sample !== by.document.fallback) return undefined
  if ((await getAnswer(ctx.store, { receipt: id })).answerIds === null) return undefined
  const method = await sampleInfluenceOf(ctx, adapter, plan, by)
  return method.score({ gradient: await answerGradientOf(ctx, id, adapter.digest) })
}

async function readable({ store }: ToolContext, id: Sample['id']): Promise<Sample | undefined> {
  try {
    return await getSample(store, { id })
  } catch (failure) {
    if (findError(failure)?.code === 'store/erased') return undefined
    throw failure
  }
}
