import type { z } from 'zod'
import { ppmInteger, toWeiString, type Digest, type PayeeId } from '../../kernel/index.ts'
import type { ToolContext } from '../context.ts'
import type { explain } from '../explain.ts'
import { tracedShare } from './tracedShare.ts'
import { tracedSteps } from './tracedSteps.ts'

/** What explain says of an answer that was traced verbatim. Quotes no text. Throws as tracedShare. */
export async function explainTraced(
  ctx: Pick<ToolContext, 'store'>,
  payee: PayeeId,
  id: Digest,
): Promise<z.input<typeof explain.output>> {
  const share = await tracedShare(ctx, payee, id)
  const { tier, attribution, provenance, evidence, rule, own, wei, epoch } = share
  const sharePpm = ppmInteger.parse(own?.sharePpm ?? 0)
  const isPaidBy = evidence === 'provenance' && rule.v === 4
  return {
    payee,
    receipt: id,
    paid: wei > 0n,
    sharePpm: isPaidBy ? sharePpm : ppmInteger.parse(0),
    wei: toWeiString(wei),
    chargedWei: toWeiString(0n),
    epoch: epoch ? { number: epoch.number, earnedWei: toWeiString(epoch.earnedWei) } : null,
    tier,
    method: attribution.method,
    claims: { groups: 'none: nothing is known of what this model learned', samples: provenance.label },
    group: null,
    steps: tracedSteps(share),
    confidence: null,
    provenance: {
      label: provenance.label,
      rule: isPaidBy ? rule.provenanceRule : null,
      sharePpm,
      milliBits: own?.milliBits ?? 0,
      spans: provenance.spans,
      unexplainedPpm: provenance.unexplainedPpm,
      documents: provenance.documents ?? null,
    },
  }
}
