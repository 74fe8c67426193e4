import { splitFee } from '../attribution/index.ts'
import { ppmInteger, toWeiString } from '../kernel/index.ts'
import { attributionOf, getAdapter, getReceipt, getRule } from '../store/index.ts'
import type { explain } from './explain.ts'
import { readRunPlan } from './training/readRunPlan.ts'
import type { Run } from './runTool.ts'

export const run: Run<typeof explain> = async ({ payee, receipt: id }, ctx) => {
  const { receipt } = await getReceipt(ctx.store, { id })
  const attribution = await attributionOf(ctx.store, { receipt: id })
  const rule = await getRule(ctx.store, { digest: receipt.rule })
  const adapter = await getAdapter(ctx.store, { digest: receipt.adapter })
  const plan = await readRunPlan(ctx, adapter)
  const split = splitFee(BigInt(receipt.feeWei), rule, attribution)
  const scored = attribution.payees.find((entry) => entry.payee === payee)
  const wei = split.payees.find((entry) => entry.payee === payee)?.wei ?? 0n
  const group = plan.groups.findIndex((members) => members.includes(payee))
  const samples = plan.samples.filter((sample) => sample.payee === payee).length
  const steps = [
    `The answer cost ${receipt.feeWei} wei and was given by adapter ${receipt.adapter}, trained on ${plan.samples.length} samples of ${plan.groups.flat().length} contributors.`,
    samples > 0
      ? `${samples} of those samples are ${payee}'s.`
      : `None of those samples is ${payee}'s, so it has no part in this answer.`,
  ]
  if (scored && group >= 0) {
    const groupScore = attribution.groups.find((entry) => entry.group === group)?.scoreMicroNats ?? 0
    steps.push(
      `A block hash put ${payee} into group ${group + 1} of ${plan.groups.length}, with ${(plan.groups[group]?.length ?? 1) - 1} others. An adapter trained without that group gives this answer ${nats(groupScore)} nats ${groupScore >= 0 ? 'more loss: the group helped' : 'less loss: the group did not help'}.`,
      `By the influence of its samples, ${payee}'s part of the group's effect is ${nats(scored.scoreMicroNats)} nats (${attribution.method}).`,
      scored.scoreMicroNats > rule.noiseFloorMicroNats
        ? `That is above the noise floor of ${nats(rule.noiseFloorMicroNats)} nats and makes a share of ${(scored.sharePpm / 10_000).toFixed(4)} %.`
        : `That is not above the noise floor of ${nats(rule.noiseFloorMicroNats)} nats, so the share is nothing.`,
      `The rule ${receipt.rule.slice(0, 10)} gives ${(rule.contributorsPpm / 10_000).toFixed(2)} % of the fee to contributors; ${payee} gets ${wei} wei of it.`,
    )
  }
  return {
    payee,
    receipt: id,
    paid: wei > 0n,
    sharePpm: ppmInteger.parse(scored?.sharePpm ?? 0),
    wei: toWeiString(wei),
    steps,
  }
}

const nats = (micro: number) => (Math.abs(micro) / 1e6).toFixed(6)
