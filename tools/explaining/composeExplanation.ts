import { ppmInteger, toWeiString, type Digest, type PayeeId } from '../../kernel/index.ts'
import { getAnswer } from '../../store/index.ts'
import { readCanonicalRequest } from '../canonicalRequest.ts'
import type { ToolContext } from '../context.ts'
import type { Explanation } from './explanation.ts'
import { ownSamples } from './ownSamples.ts'
import { readConfidence } from './readConfidence.ts'
import { scoredShare } from './scoredShare.ts'
import { sourcesOf } from './sourcesOf.ts'
import { stepsOf } from './stepsOf.ts'
import { withoutGroup } from './withoutGroup.ts'

const mostContributors = 8
const mostSamples = 5

/**
 * All that is known of one payee's part of one answer, with texts: for the operator, who may hand it to the payee.
 * Cost: that of withoutGroup, and one gradient where the samples' scores are of this answer. Throws as its parts do.
 */
export async function composeExplanation(ctx: ToolContext, payee: PayeeId, id: Digest): Promise<Explanation> {
  const share = await scoredShare(ctx, payee, id)
  const { receipt, tier, attribution, plan, claims, group, scored, wei, weiOf, chargedWei, keepsAccounts } = share
  const { requestText, answerText } = await getAnswer(ctx.store, { receipt: id })
  const all = sourcesOf('contributor', attribution, plan, attribution.payees.length)
  const listed = all.filter((source, place) => place < mostContributors || source.id === payee)
  const isDropped = requestText === null || answerText === null
  return {
    payee,
    receipt: id,
    model: receipt.model,
    adapter: receipt.adapter,
    paid: wei > 0n,
    sharePpm: ppmInteger.parse(scored?.sharePpm ?? 0),
    wei: toWeiString(wei),
    chargedWei: toWeiString(chargedWei),
    keepsAccounts,
    feeWei: receipt.feeWei,
    tier,
    method: attribution.method,
    claims,
    steps: stepsOf(share),
    question: requestText === null ? null : (readCanonicalRequest(requestText).messages.at(-1)?.content ?? ''),
    answer: answerText,
    group: group
      ? {
          number: group.index + 1,
          of: plan.groups.length,
          members: group.members,
          scoreMicroNats: group.scoreMicroNats,
        }
      : null,
    contributors: listed.map(({ id: who, samples, scoreMicroNats, sharePpm }) => {
      const name = who as PayeeId
      return { payee: name, samples, scoreMicroNats, sharePpm, wei: toWeiString(weiOf.get(name) ?? 0n) }
    }),
    contributorsInAll: all.length,
    poolPpm: ppmInteger.parse(1_000_000 - all.reduce((sum, { sharePpm }) => sum + sharePpm, 0)),
    samples: await ownSamples(ctx, share, mostSamples),
    samplesInAll: plan.samples.filter((sample) => sample.payee === payee).length,
    without: group === undefined || isDropped ? null : await withoutGroup(ctx, share, group.index),
    withoutWhy:
      group === undefined
        ? `None of the samples that this adapter was trained on is ${payee}’s: without it the answer is the same.`
        : isDropped
          ? 'The answer was dropped at the buyer’s wish, so nothing can be compared with it.'
          : '',
    confidence: await readConfidence(ctx, attribution, { adapter: share.adapter, tier }),
  }
}
