import { attributionMethods, readMethodIds, splitFee } from '../../attribution/index.ts'
import type { Attribution, AttributionTier, Digest, PayeeId, Receipt, RevenueRule } from '../../kernel/index.ts'
import {
  getAdapter,
  getReceipt,
  getRule,
  paymentOfReceipt,
  statementOf,
  type AdapterWithFiles,
} from '../../store/index.ts'
import type { ToolContext } from '../context.ts'
import { readRunPlan } from '../training/readRunPlan.ts'
import type { RunPlan } from '../training/runPlan.ts'
import { readTier } from './readTier.ts'

/** One payee's part of one answer, with all that it was computed from. */
export type ScoredShare = {
  payee: PayeeId
  id: Digest
  receipt: Receipt
  rule: RevenueRule
  adapter: AdapterWithFiles
  plan: RunPlan
  tier: AttributionTier
  attribution: Attribution
  claims: { groups: string; samples: string }
  /** What the fee gives to each payee, and to this one. */
  weiOf: ReadonlyMap<PayeeId, bigint>
  wei: bigint
  /** Set against its credits of the epoch, under a rule that keeps accounts. */
  chargedWei: bigint
  keepsAccounts: boolean
  /** All that the payee earned in the epoch of the answer, where that is closed. */
  epoch: { number: number; earnedWei: bigint } | undefined
  scored: Attribution['payees'][number] | undefined
  /** Undefined where the payee has no sample in the adapter. */
  group: { index: number; members: PayeeId[]; scoreMicroNats: number } | undefined
}

/** Reads it from what is stored. Throws store/not-found, tools/other-version, attribution/unknown-method. */
export async function scoredShare(
  ctx: Pick<ToolContext, 'store' | 'blobs'>,
  payee: PayeeId,
  id: Digest,
): Promise<ScoredShare> {
  const { receipt } = await getReceipt(ctx.store, { id })
  const { tier, attribution } = await readTier(ctx, id)
  const rule = await getRule(ctx.store, { digest: receipt.rule })
  const adapter = await getAdapter(ctx.store, { digest: receipt.adapter })
  const plan = await readRunPlan(ctx, adapter)
  const split = splitFee(BigInt(receipt.feeWei), rule, attribution)
  const weiOf = new Map(split.payees.map((part) => [part.payee, part.wei]))
  const { epoch } = await paymentOfReceipt(ctx.store, { receipt: id })
  const leaf = (await statementOf(ctx.store, { payee })).find((one) => one.epoch === epoch)
  const index = plan.groups.findIndex((members) => members.includes(payee))
  const methods = readMethodIds(attribution.method)
  return {
    payee,
    id,
    receipt,
    rule,
    adapter,
    plan,
    tier,
    attribution,
    claims: { groups: attributionMethods[methods.group].claim, samples: attributionMethods[methods.sample].claim },
    weiOf,
    wei: weiOf.get(payee) ?? 0n,
    chargedWei: split.charges.find((charge) => charge.payee === payee)?.wei ?? 0n,
    keepsAccounts: rule.shareRule.startsWith('signed-accounts'),
    epoch: leaf ? { number: leaf.epoch, earnedWei: leaf.epochWei } : undefined,
    scored: attribution.payees.find((entry) => entry.payee === payee),
    group:
      index < 0
        ? undefined
        : {
            index,
            members: plan.groups[index]!,
            scoreMicroNats: attribution.groups.find((entry) => entry.group === index)?.scoreMicroNats ?? 0,
          },
  }
}
