import type { ScoredShare } from './scoredShare.ts'

/** How a share came about, as sentences with the numbers of one payee and one answer. Pure; quotes no text. */
export function stepsOf(share: ScoredShare): string[] {
  const { payee, receipt, rule, plan, attribution, wei, chargedWei, keepsAccounts, epoch, scored, group } = share
  const samples = plan.samples.filter((sample) => sample.payee === payee).length
  const steps = [
    `The answer cost ${receipt.feeWei} wei and was given by adapter ${receipt.adapter}, trained on ${plan.samples.length} samples of ${plan.groups.flat().length} contributors.`,
    samples > 0
      ? `${samples} of those samples are ${payee}'s.`
      : `None of those samples is ${payee}'s, so it has no part in this answer.`,
  ]
  if (!scored || !group) return steps
  const others = group.members.length - 1
  const effect = `${nats(group.scoreMicroNats)} nats ${group.scoreMicroNats >= 0 ? 'more loss: the group helped' : 'less loss: the group did not help'}`
  steps.push(
    `A block hash put ${payee} into group ${group.index + 1} of ${plan.groups.length}, ${others === 0 ? 'alone' : `with ${others} others`}. An adapter trained without that group gives this answer ${effect}.`,
    others === 0
      ? `So that is ${payee}'s own effect (${attribution.method}).`
      : `By the influence of its samples, ${payee}'s part of the group's effect is ${signed(scored.scoreMicroNats)} nats (${attribution.method}).`,
    scored.scoreMicroNats > rule.noiseFloorMicroNats
      ? `That is above the noise floor of ${nats(rule.noiseFloorMicroNats)} nats and makes a share of ${(scored.sharePpm / 10_000).toFixed(4)} %.`
      : `That is not above the noise floor of ${nats(rule.noiseFloorMicroNats)} nats, so the share is nothing.`,
    `The rule ${receipt.rule.slice(0, 10)} gives ${(rule.contributorsPpm / 10_000).toFixed(2)} % of the fee to contributors; ${payee} gets ${wei} wei of it${keepsAccounts ? ', as a credit' : ''}.`,
  )
  if (keepsAccounts) {
    steps.push(
      `The rule keeps accounts: ${chargedWei > 0n ? `for this answer ${payee} is charged with ${chargedWei} wei, and ` : ''}what its samples cost answers of the epoch is set against its credits before it is paid.`,
    )
  }
  if (epoch) steps.push(`In epoch ${epoch.number} ${payee} earned ${epoch.earnedWei} wei in all.`)
  return steps
}

const nats = (micro: number) => (Math.abs(micro) / 1e6).toFixed(6)
const signed = (micro: number) => `${micro < 0 ? '−' : ''}${nats(micro)}`
