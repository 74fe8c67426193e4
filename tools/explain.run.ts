import { ppmInteger, toWeiString } from '../kernel/index.ts'
import { upstreamRecipe } from '../models/index.ts'
import { getReceipt } from '../store/index.ts'
import type { explain } from './explain.ts'
import { readConfidence } from './explaining/readConfidence.ts'
import { scoredShare } from './explaining/scoredShare.ts'
import { stepsOf } from './explaining/stepsOf.ts'
import { explainTraced } from './explaining/explainTraced.ts'
import { refuseStrangers } from './gating/gate.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof explain> = async ({ payee, receipt, auditor }, ctx) => {
  await refuseStrangers(ctx, { tool: 'explain', receipt, auditor, payee })
  // Of a model of others there are no scores: what there is, is told in their place.
  if ((await getReceipt(ctx.store, { id: receipt })).receipt.recipe === upstreamRecipe)
    return explainTraced(ctx, payee, receipt)
  const share = await scoredShare(ctx, payee, receipt)
  const { tier, attribution, claims, wei, chargedWei, epoch, scored, group, plan, adapter } = share
  return {
    payee,
    receipt,
    paid: wei > 0n,
    sharePpm: ppmInteger.parse(scored?.sharePpm ?? 0),
    wei: toWeiString(wei),
    chargedWei: toWeiString(chargedWei),
    epoch: epoch ? { number: epoch.number, earnedWei: toWeiString(epoch.earnedWei) } : null,
    tier,
    method: attribution.method,
    claims,
    group: group
      ? {
          number: group.index + 1,
          of: plan.groups.length,
          others: group.members.length - 1,
          scoreMicroNats: group.scoreMicroNats,
        }
      : null,
    steps: stepsOf(share),
    confidence: await readConfidence(ctx, attribution, { adapter, tier }),
  }
}
