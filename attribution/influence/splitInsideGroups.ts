import { TributaryError, type Digest, type PayeeId } from '../../kernel/index.ts'
import { apportion } from '../shares/apportion.ts'
import type { PayeeScore } from '../shares/ShareRule.ts'
import { toMicroNats } from './toMicroNats.ts'

/** A training sample as attribution knows it, at the place of its row. */
export type SampleOwner = { id: Digest; payee: PayeeId }

export type GroupSplit = {
  /** In group order. */
  groups: { group: number; scoreMicroNats: number }[]
  /** Every payee of every group, sorted by id. */
  payees: PayeeScore[]
  /** Score that no payee could be shown to have earned or caused, signed: groups = payees + this. */
  unassignedMicroNats: number
}

/**
 * Splits the removal effect of each payee group over its payees, by the influence of their samples.
 *
 *   h[p] = sum of the sample scores of payee p
 *   score[p] = groupScore · max(0, s h[p]) / sum over the group of max(0, s h),      s = sign of groupScore
 *
 * in whole micro-nats by largest remainder (ties: larger weight, then smaller id), so that they sum to the group's score.
 * So what a group earned goes to payees whose samples helped, what it cost to those whose samples harmed. Two edges:
 * a group of one payee is that payee's own removal effect and needs no split; where no payee has the sign of the group, the
 * two methods disagree, nobody gets the score, and it is unassigned (the share rule pays it to the pool).
 *
 * Shapes: `groupScores` [K] and `sampleScores` [N] in nats, positive = helped; `samples` [N]; `groups` K lists that hold every
 * payee of a sample exactly once. Sums per payee are in whole pico-nats, so that the order of samples cannot change them.
 * Cost: N + K sorts. Throws attribution/shape, attribution/not-finite, attribution/payee-groups.
 */
export function splitInsideGroups({
  groups,
  groupScores,
  samples,
  sampleScores,
}: {
  groups: readonly (readonly PayeeId[])[]
  groupScores: Float64Array
  samples: readonly SampleOwner[]
  sampleScores: Float64Array
}): GroupSplit {
  if (groups.length !== groupScores.length || samples.length !== sampleScores.length) {
    refuse('shape', {
      groups: groups.length,
      groupScores: groupScores.length,
      samples: samples.length,
      sampleScores: sampleScores.length,
    })
  }
  const influence = sumByPayee(groups, samples, sampleScores)
  const scored = groups.map((_, group) => ({ group, scoreMicroNats: toMicroNats(groupScores[group]!) }))
  const payees: PayeeScore[] = []
  let unassignedMicroNats = 0
  for (const [group, members] of groups.entries()) {
    const { scoreMicroNats } = scored[group]!
    const parts = splitGroup(scoreMicroNats, members.toSorted(), influence)
    if (parts === undefined) unassignedMicroNats += scoreMicroNats
    for (const payee of members) payees.push({ payee, scoreMicroNats: parts?.get(payee) ?? 0 })
  }
  payees.sort((a, b) => (a.payee < b.payee ? -1 : 1))
  return { groups: scored, payees, unassignedMicroNats }
}

function splitGroup(
  score: number,
  members: PayeeId[],
  influence: Map<PayeeId, bigint>,
): Map<PayeeId, number> | undefined {
  if (members.length === 1) return new Map([[members[0]!, score]])
  const sign = score < 0 ? -1n : 1n
  const weights = members.map((payee) => {
    const towards = sign * influence.get(payee)!
    return towards > 0n ? towards : 0n
  })
  if (weights.every((weight) => weight === 0n)) return undefined
  const parts = apportion(BigInt(Math.abs(score)), weights)
  return new Map(members.map((payee, i) => [payee, Number(sign * parts[i]!)]))
}

function sumByPayee(
  groups: readonly (readonly PayeeId[])[],
  samples: readonly SampleOwner[],
  sampleScores: Float64Array,
): Map<PayeeId, bigint> {
  const sums = new Map<PayeeId, bigint>()
  for (const payee of groups.flat()) {
    if (sums.has(payee)) refuse('payee-groups', { payee, stands: 'twice' })
    sums.set(payee, 0n)
  }
  for (const [i, { payee }] of samples.entries()) {
    const sum = sums.get(payee)
    if (sum === undefined) refuse('payee-groups', { payee, stands: 'nowhere' })
    sums.set(payee, sum + toPicoNats(sampleScores[i]!))
  }
  return sums
}

function toPicoNats(nats: number): bigint {
  toMicroNats(nats) // refuses what is not finite
  return BigInt(Math.round(nats * 1e12))
}

function refuse(what: 'shape' | 'payee-groups', facts: Record<string, string | number>): never {
  throw new TributaryError('The payee groups, scores and samples are not of one training run.', {
    code: `attribution/${what}`,
    facts,
    tryThis: 'pass the groups that the run was planned with, and one score for each group and each sample',
  })
}
