import { paidShares, splitFee, type PaidShares } from '../../attribution/index.ts'
import {
  TributaryError,
  type Attribution,
  type AttributionTier,
  type Digest,
  type PayeeId,
  type Receipt,
  type RevenueRule,
} from '../../kernel/index.ts'
import { getReceipt, getRule, paymentOfReceipt, statementOf } from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { readTier } from './readTier.ts'

type Provenance = NonNullable<Attribution['provenance']>

/** One payee's part of an answer that was traced verbatim, with all that it was computed from. */
export type TracedShare = {
  payee: PayeeId
  id: Digest
  receipt: Receipt
  rule: RevenueRule
  tier: AttributionTier
  attribution: Attribution
  provenance: Provenance
  /** By which evidence the rule pays: by provenance, or not at all, since there are no scores of influence. */
  evidence: PaidShares['evidence']
  own: Provenance['payees'][number] | undefined
  wei: bigint
  poolWei: bigint
  epoch: { number: number; earnedWei: bigint } | undefined
}

/** Reads it from what is stored. Throws store/not-found, tools/no-trace. */
export async function tracedShare(ctx: Pick<ToolContext, 'store'>, payee: PayeeId, id: Digest): Promise<TracedShare> {
  const { store } = ctx
  const { receipt } = await getReceipt(store, { id })
  const { tier, attribution } = await readTier(ctx, id)
  const { provenance } = attribution
  if (provenance === undefined) {
    throw new TributaryError('The record of this answer has no trace.', {
      code: 'tools/no-trace',
      facts: { receipt: id, method: attribution.method },
      tryThis: 'audit the answer: tributary audit says what its record should have been',
    })
  }
  const rule = await getRule(store, { digest: receipt.rule })
  const split = splitFee(BigInt(receipt.feeWei), rule, attribution)
  const { epoch } = await paymentOfReceipt(store, { receipt: id })
  const leaf = (await statementOf(store, { payee })).find((one) => one.epoch === epoch)
  return {
    payee,
    id,
    receipt,
    rule,
    tier,
    attribution,
    provenance,
    evidence: paidShares(rule, attribution).evidence,
    own: provenance.payees.find((entry) => entry.payee === payee),
    wei: split.payees.find((part) => part.payee === payee)?.wei ?? 0n,
    poolWei: split.poolWei,
    epoch: leaf ? { number: leaf.epoch, earnedWei: leaf.epochWei } : undefined,
  }
}
